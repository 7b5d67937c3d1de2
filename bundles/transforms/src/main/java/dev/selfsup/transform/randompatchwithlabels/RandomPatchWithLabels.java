package dev.selfsup.transform.randompatchwithlabels;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.BadImageException;
import dev.selfsup.api.data.Choices;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Replayable;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.Transform;
import dev.selfsup.pixels.Box;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.osgi.service.component.annotations.Component;

/**
 * Nine patches of an image (Doersch et al. 2015): one somewhere in each cell of a grid of 3x3, smaller than the cell, so that neighbours neither touch nor
 * lie at a fixed distance. The middle one comes first, then the others, row by row. Fields: {@code patch_label} [1, 8], the places 0 to 7 of these
 * others; {@code patch_box} [1, 9, 4], the corners of all patches, row by row of the grid. As in the reference a grid's row counts columns and
 * the other way round, so that images must be square, or nearly.
 *
 * <p>Replays {@code crop_params_ymin_xmin_h_w}: for each cell the patch's place in it.
 */
public final class RandomPatchWithLabels implements Transform, Replayable {
    private static final int SIDE = 3;
    private static final int CELLS = SIDE * SIDE;
    private static final int MIDDLE = CELLS / 2;
    private final Config config;

    /**
     * Room for chance.
     *
     * @param patchJitter by how many rows and columns a patch is smaller than its cell; 21 in the reference, less for small images
     */
    public record Config(@Default("21") int patchJitter) {
        public Config {
            check(patchJitter >= 0, "patch_jitter must be at least 0, not %d", patchJitter);
        }
    }

    /** From a config. */
    public RandomPatchWithLabels(Config config) {
        this.config = config;
    }

    @Override
    public void apply(Sample sample, RandomGenerator random) {
        cut(sample, (number, cell, width, height) -> {
            int y = random.nextInt(cell.height() - height + 1);
            int x = random.nextInt(cell.width() - width + 1);
            return new Box(x, y, width, height);
        });
    }

    @Override
    public void replay(Sample sample, Choices choices) {
        int[][] boxes = choices.rows("crop_params_ymin_xmin_h_w");
        cut(sample, (number, cell, width, height) -> new Box(boxes[number][1], boxes[number][0], boxes[number][3], boxes[number][2]));
    }

    /** Chooses where in a cell a patch lies. */
    private interface Place {
        Box of(int number, Box cell, int width, int height);
    }

    private void cut(Sample sample, Place place) {
        Image image = sample.image();
        int width = image.width() / SIDE - config.patchJitter;
        int height = image.height() / SIDE - config.patchJitter;
        List<Image> patches = new ArrayList<>(CELLS);
        double[] corners = new double[CELLS * 4];
        for (int number = 0; number < CELLS; number++) {
            int left = number / SIDE * (image.height() / SIDE);
            int top = number % SIDE * (image.width() / SIDE);
            Box cell = cell(sample, left, top, width, height);
            Box within = place.of(number, cell, width, height);
            patches.add(new Box(left + within.x(), top + within.y(), within.width(), within.height()).cut(image));
            corners(corners, number * 4, left + within.x(), top + within.y(), within);
        }
        patches.add(0, patches.remove(MIDDLE));
        sample.setImages(patches);
        sample.fields().put("patch_label", new Sample.Field(new double[] {0, 1, 2, 3, 4, 5, 6, 7}, true, 1, CELLS - 1));
        sample.fields().put("patch_box", new Sample.Field(corners, true, 1, CELLS, 4));
    }

    /** The cell at a corner: one row and column more than the grid's where the image has them. */
    private static Box cell(Sample sample, int left, int top, int width, int height) {
        Image image = sample.image();
        int right = Math.min(left + image.height() / SIDE, image.width() - 1);
        int bottom = Math.min(top + image.width() / SIDE, image.height() - 1);
        if (width < 1 || height < 1 || right - left + 1 < width || bottom - top + 1 < height) {
            throw new BadImageException(sample.path(), "it is too small or not square, " + image.width() + "x" + image.height()
                    + ", for the patches of RandomPatchWithLabels: put Resize and RandomCrop before it, or lower patch_jitter");
        }
        return new Box(left, top, right - left + 1, bottom - top + 1);
    }

    private static void corners(double[] corners, int at, int left, int top, Box patch) {
        corners[at] = left;
        corners[at + 1] = top;
        corners[at + 2] = left + patch.width() - 1.0;
        corners[at + 3] = top + patch.height() - 1.0;
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "transform", name = "RandomPatchWithLabels")
    public static final class Factory implements ComponentFactory<Transform, Config>, Replayable.Recorded {
        @Override
        public Transform create(Config config) {
            return new RandomPatchWithLabels(config);
        }

        @Override
        public Map<String, Object> config(Choices spec) {
            return spec.has("patch_jitter") ? Map.of("patch_jitter", spec.value("patch_jitter")) : Map.of();
        }
    }
}
