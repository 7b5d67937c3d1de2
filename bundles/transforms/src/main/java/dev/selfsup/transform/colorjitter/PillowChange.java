package dev.selfsup.transform.colorjitter;

/**
 * Changes of colour with the arithmetic of Pillow's {@code ImageEnhance} and its HSV mode. What is a function of single values (brightness, contrast) is
 * kept as a table for the next time that all values are moved anyhow; the rest works on one plane of floats a channel, whole numbers all of them.
 */
final class PillowChange implements ColorChange {
    private static final ThreadLocal<PillowChange> OF_THREAD = ThreadLocal.withInitial(PillowChange::new);
    private static final int VALUES = 256;

    private final PillowHue hue = new PillowHue();
    private final float[] table = new float[VALUES];
    private float[][] planes = new float[3][0];                                      // blue, green, red
    private float[] grey = {};
    private byte[] bgr;
    private int pixels;
    /** Whether the values are in the planes rather than in the bytes. */
    private boolean apart;
    /** Whether the table must still be applied. */
    private boolean pending;

    private PillowChange() {}

    /** Changes of some pixels; one at a time in each thread. */
    static PillowChange of(byte[] bgr) {
        PillowChange change = OF_THREAD.get();
        change.bgr = bgr;
        change.pixels = bgr.length / 3;
        change.apart = false;
        change.neutral();
        return change;
    }

    private void neutral() {
        for (int i = 0; i < VALUES; i++) {
            table[i] = i;
        }
        pending = false;
    }

    @Override
    public void brightness(double factor) {
        blendTable(0, (float) factor);
    }

    @Override
    public void contrast(double factor) {
        takeApart();
        double sum = Lanes.sum(grey(), pixels);
        blendTable((int) (sum / pixels + 0.5), (float) factor);
    }

    @Override
    public void saturation(double factor) {
        takeApart();
        float[] of = grey();
        for (float[] plane : planes) {
            Lanes.blend(plane, of, (float) factor, pixels);
        }
    }

    @Override
    public void hue(double turn) {
        takeApart();
        hue.turn(planes[0], planes[1], planes[2], pixels, ColorChange.hueStep(turn));
    }

    @Override
    public void close() {
        if (apart) {
            putTogether();
        } else if (pending) {
            for (int i = 0; i < pixels * 3; i++) {
                bgr[i] = (byte) (int) table[bgr[i] & 255];
            }
        }
        bgr = null;
    }

    private void blendTable(int from, float alpha) {
        for (int i = 0; i < VALUES; i++) {
            float mixed = from + alpha * (table[i] - from);
            table[i] = mixed <= 0 ? 0 : mixed >= 255 ? 255 : (int) mixed;
        }
        pending = true;
    }

    /** Brings the values into the planes, the table applied. */
    private void takeApart() {
        if (!apart) {
            if (planes[0].length < pixels) {
                planes = new float[3][pixels];
            }
            Lanes.takeApart(bgr, table, planes[0], planes[1], planes[2], pixels);
        } else if (pending) {
            for (float[] plane : planes) {
                Lanes.replace(plane, table, pixels);
            }
        }
        apart = true;
        neutral();
    }

    private void putTogether() {
        int[] whole = new int[VALUES];
        for (int i = 0; i < VALUES; i++) {
            whole[i] = (int) table[i];
        }
        Lanes.putTogether(planes[0], planes[1], planes[2], whole, bgr, pixels);
    }

    /** Pillow's grey of every pixel in the pLanes. */
    private float[] grey() {
        if (grey.length < pixels) {
            grey = new float[pixels];
        }
        Lanes.grey(planes[0], planes[1], planes[2], grey, pixels);
        return grey;
    }
}
