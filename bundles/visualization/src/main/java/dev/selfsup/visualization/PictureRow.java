package dev.selfsup.visualization;

import dev.selfsup.api.data.Image;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Images of one size side by side, each under its title. Small ones are shown larger, every pixel as a square.
 *
 * <pre>{@code
 * new PictureRow().add("original", image).add("masked", masked).write(file);
 * }</pre>
 */
public final class PictureRow {
    /** Columns between images, and around them. */
    public static final int GAP = 10;
    /** Rows above the images. */
    public static final int TITLE = 34;
    /** Width that images have at least. */
    private static final int WIDTH = 200;
    private static final Color INK = new Color(0x24292f);

    private final List<Part> parts = new ArrayList<>();

    private record Part(String title, Image image) {}

    /**
     * Adds an image to the right.
     *
     * @param title a few words
     * @param image of the size of those before
     */
    public PictureRow add(String title, Image image) {
        Image first = parts.isEmpty() ? image : parts.get(0).image;
        if (image.width() != first.width() || image.height() != first.height()) {
            throw new IllegalArgumentException(title + " is " + image.width() + "x" + image.height() + ", the first image " + first.width() + "x" + first.height());
        }
        parts.add(new Part(title, image));
        return this;
    }

    /** How many times as large as they are images of a width are shown. */
    public static int scale(int width) {
        return Math.max(1, (WIDTH + width - 1) / width);
    }

    /**
     * Writes a PNG file, which is replaced at once.
     *
     * @throws IOException if it cannot be written, or if this Java cannot draw, as without fonts
     */
    public void write(Path png) throws IOException {
        new PngFile(png).write(this::draw);
    }

    /** Draws the row. */
    public BufferedImage draw() {
        Image first = parts.get(0).image;
        int scale = scale(first.width());
        int step = first.width() * scale + GAP;
        BufferedImage row = new BufferedImage(GAP + parts.size() * step, TITLE + first.height() * scale + GAP, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = row.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, row.getWidth(), row.getHeight());
        g.setColor(INK);
        g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 15));
        FontMetrics metrics = g.getFontMetrics();
        for (int i = 0; i < parts.size(); i++) {
            String title = parts.get(i).title;
            g.drawString(title, GAP + i * step + (step - GAP - metrics.stringWidth(title)) / 2, TITLE - 12);
            pixels(row, parts.get(i).image, GAP + i * step, scale);
        }
        g.dispose();
        return row;
    }

    private static void pixels(BufferedImage row, Image image, int left, int scale) {
        for (int y = 0; y < image.height() * scale; y++) {
            for (int x = 0; x < image.width() * scale; x++) {
                row.setRGB(left + x, TITLE + y, rgb(image, (y / scale * image.width() + x / scale) * image.channels()));
            }
        }
    }

    private static int rgb(Image image, int at) {
        int last = at + image.channels() - 1;                                          // red, or grey
        int middle = at + image.channels() / 2;
        return (image.data()[last] & 255) << 16 | (image.data()[middle] & 255) << 8 | image.data()[at] & 255;
    }
}
