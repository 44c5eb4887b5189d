# cx_analytics: `make demo` and `make test` do everything; `make && make install` is enough for a server.

EXTENSION = cx_analytics
EXTVERSION = $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" $(srcdir)/$(EXTENSION).control)
PG_CONFIG ?= pg_config
srcdir ?= .

MODULE_big = $(EXTENSION)
OBJS = src/module.o $(patsubst $(srcdir)/%.c,%.o,$(sort $(wildcard $(srcdir)/src/*/*.c)))
PG_CPPFLAGS = -I$(srcdir)/src
SQL_MODULES = $(sort $(wildcard $(srcdir)/sql/[0-9]*.sql))
INSTALL_SQL = sql/$(EXTENSION)--$(EXTVERSION).sql
DATA = $(wildcard $(srcdir)/sql/$(EXTENSION)--*--*.sql)
DATA_built = $(INSTALL_SQL)
DOCS = $(wildcard $(srcdir)/docs/*.md)
EXTRA_CLEAN = $(INSTALL_SQL) results output_iso tmp_check

# Soft errors exist since 16.
REGRESS = $(filter-out $(if $(filter 15,$(MAJORVERSION)),soft_errors), \
	$(sort $(patsubst $(srcdir)/test/sql/%.sql,%,$(wildcard $(srcdir)/test/sql/*.sql))))
REGRESS_OPTS = --inputdir=$(srcdir)/test --load-extension=$(EXTENSION)
TAP_TESTS = 1
PROVE_TESTS = test/t/*.pl

# The targets that prepare their own server work before PostgreSQL is installed.
STANDALONE = demo test bench fuzz format check-format clean-all

ifneq ($(filter $(STANDALONE),$(MAKECMDGOALS)),)
.PHONY: $(STANDALONE)
demo:
	@$(srcdir)/demo/run.sh
test:
	@$(srcdir)/test/run.sh
bench:
	@$(srcdir)/test/bench/run.sh
fuzz:
	@$(srcdir)/test/fuzz/run.sh
format:
	@$(srcdir)/tools/format.sh --fix
check-format:
	@$(srcdir)/tools/format.sh
clean-all:
	rm -rf .build .cluster
else
PGXS := $(shell $(PG_CONFIG) --pgxs 2>/dev/null)
ifeq ($(wildcard $(PGXS)),)
$(error PostgreSQL's build files are missing: run `apt-get install postgresql-server-dev-all`, or say PG_CONFIG=/path/to/pg_config)
endif
include $(PGXS)
# The library's own calls need no detour through the table that lets others replace them.
ifeq ($(PORTNAME),linux)
SHLIB_LINK += -Wl,-Bsymbolic
endif

$(INSTALL_SQL): $(SQL_MODULES) $(wildcard $(srcdir)/sql/*.template) $(srcdir)/sql/expand.awk $(srcdir)/$(EXTENSION).control
	@mkdir -p $(@D)
	awk -v folder=$(srcdir)/sql -f $(srcdir)/sql/expand.awk $(SQL_MODULES) > $@.new && mv $@.new $@

# Every object sees every header (the library is small, a stale object is not), and belongs to one server version.
BUILT_FOR = .build/server-version
$(OBJS): $(wildcard $(srcdir)/src/*.h $(srcdir)/src/*/*.h) $(BUILT_FOR)
$(BUILT_FOR): FORCE
	@mkdir -p $(@D); echo "$(VERSION) $(CFLAGS)" | cmp -s - $@ || echo "$(VERSION) $(CFLAGS)" >$@
FORCE:
.PHONY: FORCE
# A build outside the sources has no folders yet.
$(shell mkdir -p $(sort $(dir $(OBJS))) sql)
endif
