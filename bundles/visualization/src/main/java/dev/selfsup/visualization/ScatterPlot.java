package dev.selfsup.visualization;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A picture of points in a plane, coloured by class, 1000 x 800, drawn without a display.
 *
 * <pre>{@code
 * new ScatterPlot("t-SNE", classes).points(x, y, labels).write(file);
 * }</pre>
 */
public final class ScatterPlot {
    /** Width in pixels. */
    public static final int WIDTH = 1000;
    /** Height in pixels. */
    public static final int HEIGHT = 800;

    private static final int MARGIN = 36;
    private static final int TOP = 64;
    private static final int LEGEND = 230;
    private static final int LONGEST = 26;
    private static final double DOT = 7;

    private final String title;
    private final List<String> classes;
    private double[] x = {};
    private double[] y = {};
    private int[] labels = {};

    /**
     * A plot without points.
     *
     * @param title what is shown
     * @param classes names of the classes by label; of those beyond twenty, colours come again and the names are left out
     */
    public ScatterPlot(String title, List<String> classes) {
        this.title = title;
        this.classes = List.copyOf(classes);
    }

    /**
     * Sets the points.
     *
     * @param labels class of each point, -1 for none
     */
    public ScatterPlot points(double[] x, double[] y, int[] labels) {
        if (x.length != y.length || x.length != labels.length) {
            throw new IllegalArgumentException("there are " + x.length + " x, " + y.length + " y and " + labels.length + " labels");
        }
        this.x = x.clone();
        this.y = y.clone();
        this.labels = labels.clone();
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
        Canvas canvas = new Canvas(WIDTH, HEIGHT, MARGIN, TOP, LEGEND, MARGIN);
        Graphics2D g = canvas.graphics();
        canvas.titles(title, "", "");
        g.setFont(Canvas.font(13, false));
        int row = 0;
        for (int label = 0; label < Math.min(classes.size(), Canvas.colors()); label++) {
            double at = TOP + 22.0 * row++;
            g.setColor(Canvas.color(label));
            g.fill(new Ellipse2D.Double(WIDTH - LEGEND + 18.0, at, 11, 11));
            canvas.text(shortened(classes.get(label)), WIDTH - LEGEND + 38.0, at + 10, 0, Canvas.INK);
        }
        g.setColor(Canvas.QUIET);
        g.draw(new Rectangle2D.Double(MARGIN, TOP, WIDTH - LEGEND - MARGIN, HEIGHT - TOP - MARGIN));
        Axis across = axis(x);
        Axis down = axis(y);
        for (int i = 0; i < x.length; i++) {
            Color color = labels[i] < 0 ? Canvas.QUIET : Canvas.color(labels[i]);
            g.setColor(new Color(color.getRed(), color.getGreen(), color.getBlue(), 210));
            g.fill(new Ellipse2D.Double(canvas.across(across, x[i]) - DOT / 2, canvas.down(down, y[i]) - DOT / 2, DOT, DOT));
        }
        return canvas.finished();
    }

    private static String shortened(String name) {
        return name.length() > LONGEST ? name.substring(0, LONGEST - 3) + "..." : name;
    }

    private static Axis axis(double... values) {
        var range = Arrays.stream(values).summaryStatistics();
        return range.getCount() == 0 ? Axis.of(0, 1, 5, true) : Axis.of(range.getMin(), range.getMax(), 5, true);
    }
}
