package dev.selfsup.transform.loadimagefromfile;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.BadImageException;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.Transform;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.osgi.service.component.annotations.Component;

/**
 * Reads the sample's file: JPEG, PNG, GIF, BMP, TIFF, PNM. The result has 8 bits a channel, in the order blue, green,
 * red whatever the file holds: grey is repeated, 16 bits lose the lower 8, transparency is dropped, CMYK is
 * converted, embedded colour profiles are ignored. The EXIF orientation is applied.
 */
public final class LoadImageFromFile implements Transform {
    private static final List<String> COLOR_TYPES = List.of("color", "color_ignore_orientation", "grayscale",
            "grayscale_ignore_orientation");
    private final Config config;

    /**
     * How files are read.
     *
     * @param toFloat32 must be false: images are 8-bit until the data preprocessor
     * @param colorType {@code color} or {@code grayscale} (one channel), both also with {@code _ignore_orientation}
     * @param imdecodeBackend {@code cv2} or {@code pillow}; both mean the one decoder there is
     * @param fileClientArgs {@code {backend: disk}}
     * @param backendArgs {@code {backend: local}}
     * @param ignoreEmpty accepted; a missing file is always left out and listed
     */
    public record Config(@Default("false") boolean toFloat32, @Default("color") String colorType, @Default("cv2") String imdecodeBackend,
            Optional<Map<String, String>> fileClientArgs, Optional<Map<String, String>> backendArgs,
            @Default("false") boolean ignoreEmpty) {
        public Config {
            check(!toFloat32, "to_float32 must be false: images are 8-bit until the data preprocessor");
            check(COLOR_TYPES.contains(colorType), "color_type must be one of %s, not %s", COLOR_TYPES, colorType);
            check(imdecodeBackend.equals("cv2") || imdecodeBackend.equals("pillow"), "imdecode_backend must be cv2 or pillow, not %s",
                    imdecodeBackend);
            local("file_client_args", fileClientArgs);
            local("backend_args", backendArgs);
        }

        private static void local(String key, Optional<Map<String, String>> arguments) {
            String backend = arguments.map(map -> map.get("backend")).orElse("disk");
            check(backend.equals("disk") || backend.equals("local"), "%s must be {backend: disk} or {backend: local}, not %s", key,
                    backend);
        }
    }

    /** From a config. */
    public LoadImageFromFile(Config config) {
        this.config = config;
    }

    @Override
    public void apply(Sample sample, RandomGenerator random) {
        Path path = sample.path();
        Image image = new Decoder(path, read(sample)).decode(!config.colorType.endsWith("_ignore_orientation"));
        sample.setImages(config.colorType.startsWith("grayscale") ? grey(image) : image);
    }

    private static byte[] read(Sample sample) {
        Path path = sample.path();
        try {
            return sample.encoded();
        } catch (NoSuchFileException e) {
            throw new BadImageException(path, "there is no such file");
        } catch (IOException | OutOfMemoryError e) {
            throw new BadImageException(path, "the file cannot be read: " + e.getMessage());
        }
    }

    /** OpenCV's weights of blue, green and red. */
    private static Image grey(Image image) {
        Image grey = Image.create(image.width(), image.height(), 1);
        byte[] from = image.data();
        for (int i = 0, o = 0; o < grey.data().length; i += 3, o++) {
            grey.data()[o] = (byte) ((from[i] & 255) * 3735 + (from[i + 1] & 255) * 19235 + (from[i + 2] & 255) * 9798 + (1 << 14) >> 15);
        }
        return grey;
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "transform", name = "LoadImageFromFile", scope = "mmcv")
    public static final class Factory implements ComponentFactory<Transform, Config> {
        @Override
        public Transform create(Config config) {
            return new LoadImageFromFile(config);
        }
    }
}
