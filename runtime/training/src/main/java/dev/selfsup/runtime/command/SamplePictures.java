package dev.selfsup.runtime.command;

import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Sample;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What a pipeline makes of a sample, as pictures: the views, the mask drawn over the first one, patches where they were cut, and what is known in words. */
final class SamplePictures {
    private static final Color HIDDEN = new Color(24, 29, 40, 200);
    private static final Color OUTLINE = new Color(0xd1570b);
    private static final Color GROUND = new Color(0xe6e9ec);
    private static final int MANY = 12;
    private static final int CORNERS = 4;
    private static final int GRID = 3;
    private static final int ROOM = 4;

    private final Sample sample;
    private final List<String> classes;
    private final boolean redFirst;

    /**
     * @param classes names of the classes by label; may be empty
     * @param redFirst whether channels are in the order red, green, blue
     */
    SamplePictures(Sample sample, List<String> classes, boolean redFirst) {
        this.sample = sample;
        this.classes = classes;
        this.redFirst = redFirst;
    }

    /** The pictures, at least one. */
    List<BufferedImage> pictures() {
        Sample.Field boxes = sample.fields().get("patch_box");
        Sample.Field places = sample.fields().get("patch_label");
        int count = sample.images().size();
        if (boxes != null && boxes.values().length == CORNERS * count) {
            return List.of(patches(boxes.values()));
        }
        if (places != null && places.values().length == count - 1 && count == GRID * GRID) {
            return List.of(patches(grid()));
        }
        List<BufferedImage> pictures = sample.images().stream().map(this::picture).collect(Collectors.toCollection(ArrayList::new));
        Sample.Field mask = sample.fields().get("mask");
        if (mask != null) {
            mask(pictures.get(0), mask);
        }
        return pictures;
    }

    private BufferedImage picture(Image image) {
        BufferedImage picture = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
        int last = image.channels() - 1;
        for (int i = 0; i < image.width() * image.height(); i++) {
            int at = i * image.channels();
            int red = image.data()[at + (redFirst ? 0 : last)] & 255;
            int green = image.data()[at + Math.min(1, last)] & 255;
            int blue = image.data()[at + (redFirst ? last : 0)] & 255;
            picture.setRGB(i % image.width(), i / image.width(), red << 16 | green << 8 | blue);
        }
        return picture;
    }

    /** Darkens what is hidden: a mask of rows and columns of patches, or a square one in a line. */
    private static void mask(BufferedImage picture, Sample.Field mask) {
        int[] shape = IntStream.of(mask.shape()).filter(length -> length != 1).toArray();
        int count = mask.values().length;
        int rows = shape.length == 2 ? shape[0] : (int) Math.round(Math.sqrt(count));
        int columns = count / rows;
        Graphics2D g = picture.createGraphics();
        g.setColor(HIDDEN);
        for (int i = 0; i < rows * columns; i++) {
            if (mask.values()[i] != 0) {
                int left = i % columns * picture.getWidth() / columns;
                int top = i / columns * picture.getHeight() / rows;
                g.fillRect(left, top, (i % columns + 1) * picture.getWidth() / columns - left, (i / columns + 1) * picture.getHeight() / rows - top);
            }
        }
        g.dispose();
    }

    /** The corners of patches whose places are not known but for the cells of the grid, of which a row counts columns. */
    private double[] grid() {
        double[] corners = new double[CORNERS * GRID * GRID];
        Image patch = sample.images().get(0);
        for (int box = 0; box < GRID * GRID; box++) {
            int left = box / GRID * (patch.width() + ROOM) + 1;
            int top = box % GRID * (patch.height() + ROOM) + 1;
            System.arraycopy(new double[] {left, top, left + patch.width() - 1.0, top + patch.height() - 1.0}, 0, corners, box * CORNERS, CORNERS);
        }
        return corners;
    }

    /** Puts patches where they were cut: boxes are in the order of the grid, of the images the middle one comes first. */
    private BufferedImage patches(double... corners) {
        int count = sample.images().size();
        int width = (int) IntStream.range(0, count).mapToDouble(i -> corners[i * CORNERS + 2]).max().orElse(0) + 2;
        int height = (int) IntStream.range(0, count).mapToDouble(i -> corners[i * CORNERS + 3]).max().orElse(0) + 2;
        BufferedImage whole = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = whole.createGraphics();
        g.setColor(GROUND);
        g.fillRect(0, 0, width, height);
        for (int box = 0; box < count; box++) {
            int middle = count / 2;
            int number = box == middle ? 0 : box < middle ? box + 1 : box;
            BufferedImage patch = picture(sample.images().get(number));
            int left = (int) corners[box * CORNERS];
            int top = (int) corners[box * CORNERS + 1];
            g.drawImage(patch, left, top, null);
            g.setColor(OUTLINE);
            g.drawRect(left - 1, top - 1, patch.getWidth() + 1, patch.getHeight() + 1);
        }
        g.dispose();
        return whole;
    }

    /** The file, the label, and what transforms have written down. */
    List<String> lines() {
        List<String> lines = new ArrayList<>(List.of(sample.path().getFileName().toString()));
        sample.label().ifPresent(label -> lines.add(label < classes.size() ? label + " " + classes.get(label) : "label " + label));
        sample.fields().forEach((name, field) -> {
            if (name.equals("gt_score")) {
                lines.add(classesOf(field));
            } else if (name.equals("mask")) {
                double hidden = IntStream.range(0, field.values().length).filter(i -> field.values()[i] != 0).count();
                lines.add(String.format(Locale.ROOT, "mask %.0f of %d", hidden, field.values().length));
            } else if (field.values().length <= MANY && !name.equals("gt_label") && !name.equals("sample_idx")) {
                lines.add(name + " " + IntStream.range(0, field.values().length).mapToObj(i -> number(field.values()[i])).collect(Collectors.joining(" ")));
            }
        });
        return lines;
    }

    private String classesOf(Sample.Field field) {
        return IntStream.range(0, field.values().length).filter(i -> field.values()[i] > 0)
                .mapToObj(i -> i < classes.size() ? classes.get(i) : Integer.toString(i)).collect(Collectors.joining(", "));
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : String.format(Locale.ROOT, "%.2f", value);
    }
}
