package dev.selfsup.visualization;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.run.Progress;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private static final Progress HALF = new Progress(3, 60, 50, 100, 151, 4.2134, 0.03, 812.4, 0.04);
    private static final Progress END = new Progress(60, 60, 100, 100, 0, 4.2134, 0.03, 812.4, 0.04);

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private long now;

    private ProgressLine line(int columns) {
        return new ProgressLine(new PrintStream(bytes, true, StandardCharsets.UTF_8), columns, () -> now);
    }

    private String printed() {
        String text = bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
        bytes.reset();
        return text;
    }

    @Test
    void theLineShowsEpochBarTimeLossRateSpeedAndWaiting() {
        assertEquals("epoch 3/60 [==============>               ] 50%  ETA 2:31  loss 4.213  lr 3.00e-02  812 img/s  data 4%",
                HALF.text(120));
    }

    @Test
    void aNarrowTerminalShortensTheBarAndThenTheEnd() {
        assertEquals("epoch 3/60 [===>    ] 50%  ETA 2:31  loss 4.213  lr 3.00e-02  812 img/s  data 4%", HALF.text(80));
        assertEquals("epoch 3/60 50%  ETA 2:31  loss 4.213", HALF.text(36));
        for (int columns = 0; columns < 150; columns++) {
            assertTrue(HALF.text(columns).length() <= columns);
        }
    }

    @Test
    void aRunByIterationsShowsIterations() {
        Progress start = new Progress(0, 0, 0, 2000, Double.NaN, 12345, 0, 0, 1);
        assertEquals("iter 0/2000 [                              ] 0%  ETA ?  loss 1.23e+04  lr 0  0 img/s  data 100%", start.text(120));
    }

    @Test
    void longTimesAreShownInHoursAndDays() {
        assertTrue(new Progress(1, 2, 1, 4, 3661, 1, 1, 1, 0).text(120).contains("ETA 1:01:01 "));
        assertTrue(new Progress(1, 2, 1, 4, 100_000, 1, 1, 1, 0).text(120).contains("ETA 1d 3h "));
    }

    @Test
    void workBesideTheRunHasABarOfItsOwn() {
        ProgressLine line = line(80);
        line.show("features", 64, 761);
        assertEquals("", printed(), "not before a tenth of a second");
        now += 200_000_000L;
        line.show("features", 384, 761);
        assertEquals("\r\u001b[Kfeatures [==============>               ] 50%  384 of 761", printed());
        ProgressLine plain = line(0);
        plain.show("features", 64, 761);
        now += 6_000_000_000L;
        plain.show("features", 128, 761);
        plain.show("features", 192, 761);
        assertEquals("features 16%  128 of 761\n", printed());
    }

    @Test
    void aTerminalIsRedrawnInPlaceAndLinesScrollAboveIt() {
        ProgressLine line = line(100);
        String shown = HALF.text(99);
        line.show(HALF);
        assertEquals("\r\u001b[K" + shown, printed());
        line.show(HALF);
        assertEquals("", printed());
        now += 200_000_000L;
        line.show(HALF);
        assertEquals("\r\u001b[K" + shown, printed());
        line.print("epoch 3: knn 0.712");
        assertEquals("\r\u001b[Kepoch 3: knn 0.712\n" + shown, printed());
        line.close();
        assertEquals("\n", printed());
    }

    @Test
    void elsewherePlainLinesComeNowAndThen() {
        ProgressLine line = line(0);
        line.show(HALF);
        now += 4_000_000_000L;
        line.show(HALF);
        line.print("a line");
        now += 2_000_000_000L;
        line.show(HALF);
        line.show(END);
        line.close();
        assertEquals("epoch 3/60 50%  ETA 2:31  loss 4.213  lr 3.00e-02  812 img/s  data 4%\na line\n" + HALF.plain() + "\n" + END.plain() + "\n", printed());
    }
}
