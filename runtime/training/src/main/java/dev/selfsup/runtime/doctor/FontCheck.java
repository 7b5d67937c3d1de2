package dev.selfsup.runtime.doctor;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.function.Supplier;

/** Fonts: a run that cannot write text into its plots ends. */
final class FontCheck implements Check {
    private final Supplier<String> drawing;

    /**
     * @param drawing draws a text and gives the name of the font; throws what Java2D throws
     */
    FontCheck(Supplier<String> drawing) {
        this.drawing = drawing;
    }

    static FontCheck ofThisProcess() {
        return new FontCheck(FontCheck::draw);
    }

    private static String draw() {
        BufferedImage image = new BufferedImage(64, 32, BufferedImage.TYPE_BYTE_GRAY);
        Graphics2D graphics = image.createGraphics();
        Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 20);
        try {
            graphics.setColor(Color.WHITE);
            graphics.setFont(font);
            graphics.drawString("loss", 4, 24);
        } finally {
            graphics.dispose();
        }
        byte[] pixels = (byte[]) image.getRaster().getDataElements(0, 0, image.getWidth(), image.getHeight(), null);
        for (byte pixel : pixels) {
            if (pixel != 0) {
                return font.getFontName();
            }
        }
        throw new IllegalStateException("the text left no mark");
    }

    @Override
    public List<Finding> findings() {
        try {
            return List.of(Finding.ok("fonts", "text can be drawn into plots (" + drawing.get() + ")"));
        } catch (RuntimeException | LinkageError | InternalError e) {
            return List.of(Finding.fail("fonts", "no text can be drawn into plots, which a training run does: " + e,
                    "install fontconfig and a font, as with: apt-get install fontconfig fonts-dejavu-core"));
        }
    }
}
