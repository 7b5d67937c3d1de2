package dev.selfsup.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code reconstruct} on a photograph, with models trained for one epoch. */
final class ReconstructIT {
    private static final Path ROOT = Path.of(System.getProperty("selfsup.root"));
    private static final int GAP = 10;
    private static final int TITLE = 34;
    private static final int PARTS = 4;
    /** Mean of the normalisation: where nothing is shown. */
    private static final int[] NOTHING = {124, 116, 104};

    @TempDir
    static Path folder;

    private static Selfsup selfsup;
    private static String image;

    @BeforeAll
    static void train() throws IOException, InterruptedException {
        selfsup = new Selfsup(folder);
        for (String config : new String[] {"masked.yaml", "squares.yaml", "histograms.yaml"}) {
            Files.copy(ROOT.resolve("integration-tests/src/test/resources/runs").resolve(config), selfsup.path(config));
            Selfsup.Ended ended = selfsup.run("train", config, "--work-dir", config.replace(".yaml", ""));
            assertEquals(0, ended.status(), ended::toString);
        }
        image = "data/val/brick/" + selfsup.files("data/val/brick", ".*\\.jpg").get(0).getFileName();
        Files.writeString(selfsup.path("text.jpg"), "no image", StandardCharsets.UTF_8);
        Files.writeString(selfsup.path("kept.png"), "mine", StandardCharsets.UTF_8);
    }

    /** The parts of a written picture, each [3][side * side], every pixel once. */
    private static int[][][] parts(String png, int side) throws IOException {
        BufferedImage row = ImageIO.read(selfsup.path(png).toFile());
        int scale = (200 + side - 1) / side;
        assertEquals(GAP + PARTS * (side * scale + GAP), row.getWidth());
        assertEquals(TITLE + side * scale + GAP, row.getHeight());
        int[][][] parts = new int[PARTS][3][side * side];
        for (int part = 0; part < PARTS; part++) {
            for (int i = 0; i < side * side; i++) {
                int rgb = row.getRGB(GAP + part * (side * scale + GAP) + i % side * scale, TITLE + i / side * scale);
                for (int c = 0; c < 3; c++) {
                    parts[part][c][i] = rgb >> 16 - 8 * c & 255;
                }
            }
        }
        return parts;
    }

    private static int[] pixel(int[][] part, int i) {
        return new int[] {part[0][i], part[1][i], part[2][i]};
    }

    /** Patches of which every pixel shows nothing. */
    private static boolean[] hidden(int[][] masked, int side, int patch) {
        boolean[] hidden = new boolean[side / patch * (side / patch)];
        Arrays.fill(hidden, true);
        for (int i = 0; i < side * side; i++) {
            hidden[i / side / patch * (side / patch) + i % side / patch] &= Arrays.equals(NOTHING, pixel(masked, i));
        }
        return hidden;
    }

    @Test
    void originalMaskedInputReconstructionAndBothTogetherStandSideBySide() throws IOException, InterruptedException {
        shows("masked", 16, 4, 12);
    }

    @Test
    void simMimIsShownInTheSquaresOfItsMask() throws IOException, InterruptedException {
        shows("squares", 96, 32, 6);
    }

    private static void shows(String model, int side, int patch, int masked) throws IOException, InterruptedException {
        Selfsup.Ended ended = selfsup.run("reconstruct", model + ".yaml", model + "/epoch_1.json", image, "--out", model + ".png");
        assertEquals(0, ended.status(), ended::toString);
        assertEquals("wrote " + model + ".png", ended.last());
        int[][][] parts = parts(model + ".png", side);
        boolean[] hidden = hidden(parts[1], side, patch);
        assertEquals(masked, IntStream.range(0, hidden.length).filter(i -> hidden[i]).count());
        for (int i = 0; i < side * side; i++) {
            boolean covered = hidden[i / side / patch * (side / patch) + i % side / patch];
            assertArrayEquals(covered ? NOTHING : pixel(parts[0], i), pixel(parts[1], i), "masked input, pixel " + i);
            assertArrayEquals(covered ? pixel(parts[2], i) : pixel(parts[0], i), pixel(parts[3], i), "reconstruction + visible, pixel " + i);
        }
        assertTrue(Arrays.stream(parts[0][0]).distinct().count() > 20, "the original is no blank");
        assertTrue(Arrays.stream(parts[2][0]).distinct().count() > 20, "the reconstruction is no blank");
        assertFalse(Arrays.equals(parts[0][0], parts[2][0]));
    }

    @Test
    void maskFeatDrawsItsHistograms() throws IOException, InterruptedException {
        Selfsup.Ended ended = selfsup.run("reconstruct", "histograms.yaml", "histograms/epoch_1.json", image, "--out", "hog.png");
        assertEquals(0, ended.status(), ended::toString);
        int[][][] parts = parts("hog.png", 56);
        boolean[] hidden = hidden(parts[1], 56, 4);
        assertEquals(78, IntStream.range(0, 196).filter(i -> hidden[i]).count());
        for (int part = 2; part < PARTS; part++) {
            assertArrayEquals(parts[part][0], parts[part][1], "grey");
            assertArrayEquals(parts[part][0], parts[part][2], "grey");
            assertTrue(Arrays.stream(parts[part][0]).distinct().count() > 20, "no blank");
        }
        assertFalse(Arrays.equals(parts[2][0], parts[3][0]), "visible histograms are those of the image");
    }

    @Test
    void anotherSeedHidesOtherPatchesAndTheSameOneTheSame() throws IOException, InterruptedException {
        for (String[] run : new String[][] {{"one.png", "1"}, {"made/again.png", "1"}, {"two.png", "2"}}) {
            Selfsup.Ended ended = selfsup.run("reconstruct", "masked.yaml", "masked/epoch_1.json", image, "--out", run[0], "--seed", run[1]);
            assertEquals(0, ended.status(), ended::toString);
        }
        assertEquals(-1, Files.mismatch(selfsup.path("one.png"), selfsup.path("made/again.png")));
        assertFalse(Arrays.equals(hidden(parts("one.png", 16)[1], 16, 4), hidden(parts("two.png", 16)[1], 16, 4)));
    }

    @Test
    void mistakesAreToldAndNothingIsOverwritten() throws IOException, InterruptedException {
        told("masked.yaml masked/epoch_1.json " + image + " --out kept.png", "kept.png exists already", "--force");
        told("masked.yaml masked/epoch_1.json none.jpg --out new.png", "none.jpg");
        told("masked.yaml masked/epoch_1.json text.jpg --out new.png", "text.jpg", "not an image of a known format");
        told("masked.yaml masked/epoch_9.json " + image + " --out new.png", "epoch_9.json");
        told("masked.yaml histograms/epoch_1.json " + image + " --out new.png", "another model than the config makes", "neck.decoder_blocks.0.attn.proj.bias");
        told("tiny.yaml masked/epoch_1.json " + image + " --out new.png", "SimCLR", "reconstructs no images", "MAE");
        told("masked.yaml masked/epoch_1.json " + image + " --out data", "data is a folder");
        told("masked.yaml masked/epoch_1.json " + image, "--out");
        assertEquals("mine", Files.readString(selfsup.path("kept.png")));
        assertFalse(Files.exists(selfsup.path("new.png")));
        Selfsup.Ended forced = selfsup.run("reconstruct", "masked.yaml", "masked/epoch_1.json", image, "--out", "kept.png", "--force");
        assertEquals(0, forced.status(), forced::toString);
        parts("kept.png", 16);
    }

    private static void told(String line, String... words) throws IOException, InterruptedException {
        Selfsup.Ended ended = selfsup.run(("reconstruct " + line).split(" "));
        assertTrue(ended.told(2, words), ended::toString);
    }
}
