# Puts the install script together: a line "@name key=value ..." stands for the file name.template, in which {key}
# is replaced by value; a template may use others.

function put(line,	words, count, i, file, place, text)
{
	if (line !~ /^@/) {
		print line
		return
	}
	count = split(substr(line, 2), words, " ")
	file = folder "/" words[1] ".template"
	while ((getline text < file) > 0) {
		if (text ~ /^--/)
			continue
		for (i = 2; i <= count; i++) {
			place = index(words[i], "=")
			gsub("[{]" substr(words[i], 1, place - 1) "[}]", substr(words[i], place + 1), text)
		}
		put(text)
	}
	if (close(file) != 0) {
		print "cannot read " file >"/dev/stderr"
		exit 1
	}
}

{ put($0) }
