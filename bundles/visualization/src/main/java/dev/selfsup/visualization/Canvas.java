package dev.selfsup.visualization;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.font.TextAttribute;
import java.awt.geom.AffineTransform;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Map;

/** What plots are drawn on: a white picture with a field between axes, a title, and their colours and letters. */
final class Canvas {
    static final Color INK = new Color(0x24292f);
    static final Color QUIET = new Color(0x57606a);
    private static final Color GRID = new Color(0xe6e9ec);
    private static final List<Color> COLORS = List.of(new Color(0x1f6feb), new Color(0xd1570b), new Color(0x1a7f37), new Color(0x8250df), new Color(0xbf3989), new Color(0x6e7781),
            new Color(0x0aa5a5), new Color(0xb08800), new Color(0x7a1f1f), new Color(0x79c0ff), new Color(0xffa657), new Color(0x7ee787), new Color(0xd2a8ff), new Color(0xff9bce),
            new Color(0x3b434b), new Color(0x56d4dd), new Color(0xe3b341), new Color(0xff7b72), new Color(0x0b3d91), new Color(0x4d7c0f));

    private final BufferedImage image;
    private final Graphics2D g;
    private final int left;
    private final int top;
    private final int right;
    private final int bottom;

    /**
     * An empty picture.
     *
     * @param width pixels
     * @param height pixels
     * @param left pixels left of the field
     * @param top pixels above it
     * @param right pixels right of it
     * @param bottom pixels below it
     */
    Canvas(int width, int height, int left, int top, int right, int bottom) {
        this.image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        this.left = left;
        this.top = top;
        this.right = width - right;
        this.bottom = height - bottom;
        this.g = image.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
        g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, width, height);
    }

    /** The colour of a series; after twenty they come again. */
    static Color color(int number) {
        return COLORS.get(number % COLORS.size());
    }

    /** Colours that differ. */
    static int colors() {
        return COLORS.size();
    }

    Graphics2D graphics() {
        return g;
    }

    /** The finished picture. */
    BufferedImage finished() {
        g.dispose();
        return image;
    }

    double across(Axis x, double value) {
        return left + x.place(value) * (right - left);
    }

    double down(Axis y, double value) {
        return bottom - y.place(value) * (bottom - top);
    }

    /** Draws only within the field from here on. */
    void clip(double room) {
        g.setClip(new Rectangle2D.Double(left - room, top, right - left + 2 * room, bottom - top));
    }

    void across(Axis x) {
        g.setFont(font(13, false));
        g.setStroke(new BasicStroke(1));
        for (double mark : x.marks()) {
            double at = across(x, mark);
            g.setColor(GRID);
            g.draw(new Line2D.Double(at, top, at, bottom));
            text(x.label(mark), at, bottom + 20, 0.5, QUIET);
        }
    }

    void down(Axis y) {
        g.setFont(font(13, false));
        g.setStroke(new BasicStroke(1));
        for (double mark : y.marks()) {
            level(y, mark, y.label(mark));
        }
    }

    /** A line across the field at a value, with its label. */
    void level(Axis y, double value, String label) {
        double at = down(y, value);
        g.setStroke(new BasicStroke(1));
        g.setColor(GRID);
        g.draw(new Line2D.Double(left, at, right, at));
        text(label, left - 10, at + 4.5, 1, QUIET);
    }

    /** The two lines at the left and below. */
    void frame() {
        g.setColor(QUIET);
        g.setStroke(new BasicStroke(1));
        g.draw(new Line2D.Double(left, bottom, right, bottom));
        g.draw(new Line2D.Double(left, top, left, bottom));
    }

    void titles(String title, String xLabel, String yLabel) {
        g.setFont(font(20, true));
        text(title, left, 40, 0, INK);
        g.setFont(font(14, false));
        text(xLabel, (left + right) / 2.0, bottom + 50, 0.5, INK);
        AffineTransform upright = g.getTransform();
        g.rotate(-Math.PI / 2, 28, (top + bottom) / 2.0);
        text(yLabel, 28, (top + bottom) / 2.0, 0.5, INK);
        g.setTransform(upright);
    }

    static Font font(int size, boolean bold) {
        return new Font(Font.SANS_SERIF, bold ? Font.BOLD : Font.PLAIN, size).deriveFont(Map.of(TextAttribute.KERNING, TextAttribute.KERNING_ON));
    }

    /** Draws text whose point at {@code anchor}, 0 left to 1 right, lies at x; gives its width. */
    double text(String text, double x, double baseline, double anchor, Color color) {
        double width = g.getFontMetrics().getStringBounds(text, g).getWidth();
        g.setColor(color);
        g.drawString(text, (float) (x - anchor * width), (float) baseline);
        return width;
    }
}
