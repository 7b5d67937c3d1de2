package dev.selfsup.runtime.runs;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The process that trains in a folder, as its file {@value #FILE} says: one JSON object with these keys.
 *
 * @param pid its process
 * @param processStarted when that process started, as numbers of processes are used again
 * @param host its machine
 * @param started when the run began
 * @param config the config, as it was named
 */
public record RunPid(long pid, Instant processStarted, String host, Instant started, String config) {
    /** Name of the file. */
    public static final String FILE = "run.pid";

    private static final JsonFactory JSON = new JsonFactory();
    /** Start times of one process, as two others see it, differ by less where the clock is set in between. */
    private static final Duration TOLERANCE = Duration.ofSeconds(5);

    /** A run that begins now in this process. */
    static RunPid begun(String config) {
        return new RunPid(ProcessHandle.current().pid(), started(ProcessHandle.current()).orElse(Instant.EPOCH), thisHost(), Instant.now(), config);
    }

    /** What the file in a folder says; empty where there is none, or it cannot be understood. */
    public static Optional<RunPid> in(Path folder) {
        try (JsonParser parser = JSON.createParser(Files.readString(folder.resolve(FILE)))) {
            Map<String, String> values = new HashMap<>();
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String key = parser.currentName();
                parser.nextToken();
                values.put(key, parser.getText());
            }
            return Optional.of(new RunPid(Long.parseLong(values.get("pid")), Instant.parse(values.get("process_started")), values.get("host"),
                    Instant.parse(values.get("started")), values.get("config")));
        } catch (IOException | NumberFormatException | DateTimeException | NullPointerException e) {
            return Optional.empty();
        }
    }

    /** The JSON of the file. */
    String json() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeNumberField("pid", pid);
            json.writeStringField("process_started", processStarted.toString());
            json.writeStringField("host", host);
            json.writeStringField("started", started.toString());
            json.writeStringField("config", config);
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory", e);
        }
        return text.append('\n').toString();
    }

    /** Whether the process is on this machine. */
    public boolean here() {
        return thisHost().equals(host);
    }

    /** Whether it is this process that trains. */
    public boolean isOfThisProcess() {
        return here() && pid == ProcessHandle.current().pid() && lives();
    }

    /** Whether the process still runs; true where that cannot be known, as it is on another machine. */
    public boolean lives() {
        return !here() || ProcessHandle.of(pid).filter(ProcessHandle::isAlive).filter(this::isSame).isPresent();
    }

    private boolean isSame(ProcessHandle process) {
        return started(process).map(at -> Duration.between(at, processStarted).abs().compareTo(TOLERANCE) <= 0).orElse(true);
    }

    private static Optional<Instant> started(ProcessHandle process) {
        return process.info().startInstant();
    }

    private static String thisHost() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            return Optional.ofNullable(System.getenv("HOSTNAME")).orElse("localhost");
        }
    }

    /** {@code pid 4711 on host gpu3}, without the host where it is this one. */
    public String named() {
        return "pid " + pid + (here() ? "" : " on host " + host);
    }
}
