package dev.selfsup.dataset;

import dev.selfsup.api.run.UsageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** The objects in an image, as an annotation file of PASCAL VOC in XML tells. */
public final class VocObjects {
    /**
     * An object.
     *
     * @param name its class
     * @param difficult whether it is hard to recognise
     */
    public record Seen(String name, boolean difficult) {}

    private static final int DEEPEST = 3;

    private VocObjects() {}

    /**
     * Reads a file.
     *
     * @throws UsageException if it is missing or damaged
     */
    public static List<Seen> read(Path file) {
        XMLInputFactory factory = XMLInputFactory.newFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        try (InputStream in = Files.newInputStream(file)) {
            return objects(factory.createXMLStreamReader(in));
        } catch (NoSuchFileException e) {
            throw new UsageException("data_prefix: there is no annotation file " + Location.absolute(file) + "; correct ann_path");
        } catch (IOException | XMLStreamException e) {
            throw new UsageException("data_prefix: the annotation file " + Location.absolute(file) + " cannot be read as XML: "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    /** Names and difficulties directly within objects directly within the root; parts of objects have names, too. */
    private static List<Seen> objects(XMLStreamReader xml) throws XMLStreamException {
        List<Seen> objects = new ArrayList<>();
        int depth = 0;
        boolean inObject = false;
        String name = "";
        boolean difficult = false;
        while (xml.hasNext()) {
            int event = xml.next();
            if (event == XMLStreamReader.START_ELEMENT) {
                depth++;
                String element = xml.getLocalName();
                if (depth == 2) {
                    inObject = element.equals("object");
                } else if (depth == DEEPEST && inObject && element.equals("name")) {
                    name = xml.getElementText().strip();
                    depth--;
                } else if (depth == DEEPEST && inObject && element.equals("difficult")) {
                    difficult = !xml.getElementText().strip().equals("0");
                    depth--;
                }
            } else if (event == XMLStreamReader.END_ELEMENT) {
                if (depth == 2 && inObject) {
                    objects.add(new Seen(name, difficult));
                    name = "";
                    difficult = false;
                }
                depth--;
            }
        }
        return objects;
    }
}
