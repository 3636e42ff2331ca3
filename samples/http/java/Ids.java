import java.net.URI;
import java.net.http.*;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.regex.*;
import java.util.stream.*;

class Ids {
    static final HttpClient client = HttpClient.newHttpClient();
    static final HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:8080/ids/1000"))
        .header("Accept", "application/vnd.id-ranges+json").build();

    /** Hands out one ID after the other, and fetches the next thousand when these are used up. */
    static LongStream ids() {
        return Stream.generate(Ids::fetch).flatMapToLong(ranges -> ranges);
    }

    static LongStream fetch() {
        try {
            var answer = client.send(request, BodyHandlers.ofString());
            if (answer.statusCode() != 200) throw new IllegalStateException(answer.body());
            return Pattern.compile("\"first\":\"(\\d+)\",\"count\":(\\d+)").matcher(answer.body()).results()
                .flatMapToLong(run -> LongStream.range(0, Long.parseLong(run.group(2))).map(i -> Long.parseLong(run.group(1)) + i));
        } catch (java.io.IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public static void main(String[] arguments) {
        ids().limit(3).forEach(System.out::println);
    }
}
