package dev.selfsup.visualization;

import dev.selfsup.api.run.UsageException;
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
 * Many small pictures on one, in rows: each cell has one picture or several side by side, and a few lines of text below. The largest picture of a cell is shown as large
 * as that of any other.
 *
 * <pre>{@code
 * ContactSheet sheet = new ContactSheet("simclr_photos.yaml");
 * sheet.add(List.of(view1, view2), List.of("1.jpg", "coffee"));
 * sheet.write(folder.resolve("contact_sheet.png"));
 * }</pre>
 */
public final class ContactSheet {
    /** Width that a sheet has at most, unless a single cell is wider. */
    public static final int WIDTH = 1280;
    /** Longest side of a cell's largest picture. */
    public static final int SIDE = 128;
    private static final long PIXELS = 1L << 27;
    private static final int GAP = 14;
    private static final int BETWEEN = 3;
    private static final int TITLE = 40;
    private static final int LINE = 16;
    private static final Color INK = new Color(0x24292f);
    private static final Color QUIET = new Color(0x57606a);

    private final String title;
    private final List<Cell> cells = new ArrayList<>();

    /** Pictures as large as they are shown, so that a sheet takes no more memory than what is seen of it. */
    private record Cell(List<BufferedImage> pictures, List<String> lines) {
        int width() {
            return pictures.stream().mapToInt(picture -> picture.getWidth() + BETWEEN).sum() - BETWEEN;
        }

        int height() {
            return pictures.stream().mapToInt(BufferedImage::getHeight).max().orElse(0) + lines.size() * LINE + 4;
        }
    }

    /** An empty sheet under a title. */
    public ContactSheet(String title) {
        this.title = title;
    }

    /**
     * Adds a cell.
     *
     * @param pictures one or more
     * @param lines text below, cut where it is wider than the pictures
     */
    public void add(List<BufferedImage> pictures, List<String> lines) {
        int longest = pictures.stream().mapToInt(picture -> Math.max(picture.getWidth(), picture.getHeight())).max().orElseThrow();
        double scale = longest > SIDE ? (double) SIDE / longest : Math.max(1, SIDE / longest);
        cells.add(new Cell(pictures.stream().map(picture -> scaled(picture, scale)).toList(), List.copyOf(lines)));
    }

    private static BufferedImage scaled(BufferedImage picture, double scale) {
        int width = Math.max(1, (int) Math.round(picture.getWidth() * scale));
        int height = Math.max(1, (int) Math.round(picture.getHeight() * scale));
        BufferedImage scaled = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = scaled.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_INTERPOLATION, scale < 1 ? RenderingHints.VALUE_INTERPOLATION_BILINEAR : RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
        g.drawImage(picture, 0, 0, width, height, Color.WHITE, null);
        g.dispose();
        return scaled;
    }

    /**
     * Writes a PNG file, which is replaced at once.
     *
     * @throws IOException if it cannot be written, or if this Java cannot draw, as without fonts
     */
    public void write(Path png) throws IOException {
        new PngFile(png).write(this::draw);
    }

    /**
     * Draws the sheet.
     *
     * @throws UsageException if it would have too many pixels to be drawn in memory
     */
    public BufferedImage draw() {
        List<List<Cell>> rows = rows();
        int width = Math.max(WIDTH, cells.stream().mapToInt(Cell::width).max().orElse(0) + 2 * GAP);
        long height = TITLE + rows.stream().mapToLong(row -> height(row) + GAP).sum();
        if (width * height > PIXELS) {
            throw new UsageException("the pictures need a sheet of " + width + " x " + height + " pixels, more than " + PIXELS + ": show fewer");
        }
        BufferedImage sheet = new BufferedImage(width, (int) height, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = sheet.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, width, (int) height);
        g.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 16));
        g.setColor(INK);
        g.drawString(title, GAP, TITLE - 14);
        g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
        int y = TITLE;
        for (List<Cell> row : rows) {
            int x = GAP;
            for (Cell cell : row) {
                draw(g, cell, x, y);
                x += cell.width() + GAP;
            }
            y += height(row) + GAP;
        }
        g.dispose();
        return sheet;
    }

    private static int height(List<Cell> row) {
        return row.stream().mapToInt(Cell::height).max().orElse(0);
    }

    private List<List<Cell>> rows() {
        List<List<Cell>> rows = new ArrayList<>();
        int x = WIDTH;
        for (Cell cell : cells) {
            if (x + GAP + cell.width() > WIDTH - GAP) {
                rows.add(new ArrayList<>());
                x = 0;
            }
            rows.get(rows.size() - 1).add(cell);
            x += GAP + cell.width();
        }
        return rows;
    }

    private static void draw(Graphics2D g, Cell cell, int left, int top) {
        int x = left;
        int bottom = top;
        for (BufferedImage picture : cell.pictures) {
            g.drawImage(picture, x, top, null);
            x += picture.getWidth() + BETWEEN;
            bottom = Math.max(bottom, top + picture.getHeight());
        }
        g.setColor(INK);
        for (int i = 0; i < cell.lines.size(); i++) {
            g.drawString(cut(g.getFontMetrics(), cell.lines.get(i), cell.width()), left, bottom + (i + 1) * LINE - 3);
            g.setColor(QUIET);
        }
    }

    private static String cut(FontMetrics metrics, String text, int width) {
        if (metrics.stringWidth(text) <= width) {
            return text;
        }
        int end = text.length();
        while (end > 1 && metrics.stringWidth(text.substring(0, end) + "\u2026") > width) {
            end--;
        }
        return text.substring(0, end) + "\u2026";
    }
}
