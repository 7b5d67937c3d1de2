package dev.selfsup.targetgenerator.hoggenerator;

/**
 * A drawing of histograms of oriented gradients: through the upper left corner of each cell a line for every bin, as long and as bright as its share, later ones over earlier ones.
 * Lines are those of OpenCV, cut at the border, and their pixels chosen by Bresenham's algorithm from left to right.
 */
final class Strokes {
    private static final int WHITE = 255;

    private final int height;
    private final int width;
    private final int pool;
    private final int bins;
    private final int[] levels;

    /** A black picture. */
    Strokes(int height, int width, int pool, int bins) {
        this.height = height;
        this.width = width;
        this.pool = pool;
        this.bins = bins;
        this.levels = new int[height * width];
    }

    /**
     * Draws.
     *
     * @param cells [bins, rows, columns]; their greatest share is drawn white and as long as a cell, and nothing where none is positive
     * @return grey levels, [height, width]
     */
    int[] draw(float[] cells, int rows, int columns) {
        float most = Float.NEGATIVE_INFINITY;
        for (float cell : cells) {
            most = Math.max(most, cell);
        }
        for (int y = 0; most > 0 && y < rows; y++) {
            for (int x = 0; x < columns; x++) {
                cell(cells, y * columns + x, rows * columns, y * pool, x * pool, most);
            }
        }
        return levels;
    }

    private void cell(float[] cells, int at, int area, int y, int x, float most) {
        double angle = 0;
        for (int bin = 0; bin < bins; bin++) {
            float share = cells[bin * area + at] / most;
            double down = share * (pool / 2.0) * Math.cos(Math.toRadians(angle));
            double across = share * (pool / 2.0) * Math.sin(Math.toRadians(angle));
            int level = (int) (WHITE * Math.sqrt(Math.max(0, share)));
            line(new long[] {(int) (x + across), (int) (y + down)}, new long[] {(int) (x - across), (int) (y - down)}, level);
            angle += 360.0 / bins;
        }
    }

    /** Draws a line between two points (x, y), the part of it that is inside. */
    private void line(long[] from, long[] to, int level) {
        if (!cut(from, to)) {
            return;
        }
        long[] start = to[0] < from[0] ? to : from;
        long[] end = to[0] < from[0] ? from : to;
        int x = (int) start[0];
        int y = (int) start[1];
        int across = (int) end[0] - x;
        int down = Math.abs((int) end[1] - y);
        int turn = end[1] < y ? -1 : 1;
        boolean steep = down > across;
        int major = Math.max(across, down);
        int minor = Math.min(across, down);
        int error = major - 2 * minor;
        for (int i = 0; i <= major; i++) {
            levels[y * width + x] = level;
            boolean aside = error < 0;
            error += aside ? 2 * major - 2 * minor : -2 * minor;
            x += steep && !aside ? 0 : 1;
            y += steep || aside ? turn : 0;
        }
    }

    /** Moves the ends of a line to the border where they are outside, first up or down, then sideways; whether any of it is inside. */
    private boolean cut(long[] from, long[] to) {
        for (int axis = 1; axis >= 0 && outside(from, to); axis--) {
            if (apart(from, to, 0) || apart(from, to, 1)) {
                return false;
            }
            cut(from, to, axis);
            cut(to, from, axis);
        }
        return !outside(from, to);
    }

    private boolean outside(long[] from, long[] to) {
        return side(from, 0) != 0 || side(from, 1) != 0 || side(to, 0) != 0 || side(to, 1) != 0;
    }

    private boolean apart(long[] from, long[] to, int axis) {
        return side(from, axis) != 0 && side(from, axis) == side(to, axis);
    }

    private int side(long[] point, int axis) {
        return point[axis] < 0 ? -1 : point[axis] >= (axis == 0 ? width : height) ? 1 : 0;
    }

    /** Moves one end along the line to the border of one axis. */
    private void cut(long[] end, long[] other, int axis) {
        int side = side(end, axis);
        if (side != 0) {
            long border = side < 0 ? 0 : (axis == 0 ? width : height) - 1;
            int along = 1 - axis;
            end[along] += (long) ((double) (border - end[axis]) * (other[along] - end[along]) / (other[axis] - end[axis]));
            end[axis] = border;
        }
    }
}
