package dev.selfsup.visualization;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A picture of shares, 0 to 1, by category, one category a line: a dot for each series and category, and a vertical line for each series' value over all; drawn without a display.
 *
 * <pre>{@code
 * new CategoryPlot("Shape bias", "fraction of texture decisions", categories).series("ResNet-50", 0.78, shares).write(file);
 * }</pre>
 */
public final class CategoryPlot {
    /** Width in pixels. */
    public static final int WIDTH = 1000;

    private static final int LEFT = 150;
    private static final int RIGHT = 40;
    private static final int TOP = 96;
    private static final int BOTTOM = 72;
    private static final int LINE = 38;
    private static final double DOT = 15;

    private final String title;
    private final String label;
    private final List<String> categories;
    private final List<Series> all = new ArrayList<>();

    private record Series(String name, double whole, double[] shares) {}

    /**
     * A plot without series.
     *
     * @param title what is shown
     * @param label what runs to the right
     * @param categories names, the first of them lowest
     */
    public CategoryPlot(String title, String label, List<String> categories) {
        this.title = title;
        this.label = label;
        this.categories = List.copyOf(categories);
    }

    /**
     * Adds a series.
     *
     * @param whole share over all categories
     * @param shares by category; NaN where there is none
     */
    public CategoryPlot series(String name, double whole, double[] shares) {
        if (shares.length != categories.size()) {
            throw new IllegalArgumentException(name + " has " + shares.length + " shares of " + categories.size() + " categories");
        }
        all.add(new Series(name, whole, shares.clone()));
        return this;
    }

    /**
     * Draws the plot into a PNG file, which is replaced at once.
     *
     * @param png the file
     * @throws IOException if it cannot be written, or if this Java cannot draw, as without fonts
     */
    public void write(Path png) throws IOException {
        new PngFile(png).write(this::draw);
    }

    /** Draws the plot. */
    public BufferedImage draw() {
        int height = TOP + BOTTOM + LINE * categories.size();
        Canvas canvas = new Canvas(WIDTH, height, LEFT, TOP, RIGHT, BOTTOM);
        Axis x = new Axis(0, 1, 0.1);
        Axis y = new Axis(-0.5, categories.size() - 0.5, 1);
        canvas.across(x);
        for (int i = 0; i < categories.size(); i++) {
            canvas.level(y, i, categories.get(i));
        }
        canvas.frame();
        canvas.titles(title, label, "");
        double at = LEFT;
        for (int i = 0; i < all.size(); i++) {
            at = series(canvas, all.get(i), Canvas.color(i), at, x, y);
        }
        return canvas.finished();
    }

    /** Draws a series and its name in the legend, of which it gives the next place. */
    private double series(Canvas canvas, Series series, Color color, double legend, Axis x, Axis y) {
        Graphics2D g = canvas.graphics();
        g.setColor(color);
        g.fill(new Ellipse2D.Double(legend, 62, DOT, DOT));
        double width = canvas.text(series.name + (Double.isNaN(series.whole) ? "" : String.format(Locale.ROOT, " %.3f", series.whole)), legend + 22, 74, 0, Canvas.INK);
        g.setColor(color);
        if (!Double.isNaN(series.whole)) {
            g.setStroke(new BasicStroke(2.4f));
            g.draw(new Line2D.Double(canvas.across(x, series.whole), canvas.down(y, y.low()), canvas.across(x, series.whole), canvas.down(y, y.high())));
        }
        for (int i = 0; i < categories.size(); i++) {
            if (!Double.isNaN(series.shares[i])) {
                g.fill(new Ellipse2D.Double(canvas.across(x, series.shares[i]) - DOT / 2, canvas.down(y, i) - DOT / 2, DOT, DOT));
            }
        }
        return legend + 22 + width + 26;
    }
}
