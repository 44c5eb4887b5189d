// The questions of 007_clients.pl through pgjdbc, which sends strings as varchar unless told otherwise, and has ? for placeholders.
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.util.PGobject;

public class AskJdbc {
	static void bind(Connection connection, PreparedStatement statement, int i, String type, String value) throws SQLException {
		switch (type) {
			case "null": statement.setNull(i, Types.VARCHAR); break;
			case "array": statement.setArray(i, connection.createArrayOf("text", value.split("\\|"))); break;
			case "text":
				PGobject text = new PGobject();
				text.setType("text");
				text.setValue(value);
				statement.setObject(i, text);
				break;
			default: statement.setString(i, value);
		}
	}

	static String ask(Connection connection, String[] line) {
		try (PreparedStatement statement = connection.prepareStatement(line[0])) {
			for (int i = 1; i < line.length; i += 2)
				bind(connection, statement, (i + 1) / 2, line[i], line[i + 1]);
			List<String> rows = new ArrayList<>();
			try (ResultSet result = statement.executeQuery()) {
				while (result.next()) rows.add(result.getString(1));
			}
			return String.join(",", rows);
		} catch (SQLException error) {
			return "ERROR " + error.getSQLState();
		}
	}

	public static void main(String[] arguments) throws Exception {
		String url = "jdbc:postgresql://" + System.getenv("PGHOST") + ":" + System.getenv("PGPORT") + "/" + System.getenv("PGDATABASE");
		BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
		try (Connection connection = DriverManager.getConnection(url, System.getenv("PGUSER"), System.getenv("PGPASSWORD"))) {
			for (String line = in.readLine(); line != null; line = in.readLine())
				System.out.println(ask(connection, line.split("\t", -1)));
		}
	}
}
