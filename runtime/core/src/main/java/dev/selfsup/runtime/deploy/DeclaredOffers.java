package dev.selfsup.runtime.deploy;

import dev.selfsup.runtime.plugins.Offer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRevision;

/** What a bundle declares to add before it is started: the capability {@code selfsup.type} of its manifest, and the properties of its declared services. */
final class DeclaredOffers {
    private static final String NAMESPACE = "selfsup.type";
    private static final String DEFAULT_SCOPE = "mmselfsup";

    private DeclaredOffers() {}

    /**
     * Reads what a bundle declares.
     *
     * @param bundle an installed bundle
     * @return types and commands
     * @throws IOException if a description of its services cannot be read; the message is the rest of a sentence that begins with the jar's name
     */
    static SortedSet<Offer> of(Bundle bundle) throws IOException {
        SortedSet<Offer> offers = new TreeSet<>();
        for (BundleCapability type : bundle.adapt(BundleRevision.class).getDeclaredCapabilities(NAMESPACE)) {
            Map<String, Object> attributes = type.getAttributes();
            offers.add(new Offer(text(attributes, "kind"), String.valueOf(attributes.getOrDefault("scope", DEFAULT_SCOPE)), text(attributes, "name")));
        }
        for (URL file : services(bundle)) {
            Map<String, String> properties = properties(file);
            if (properties.containsKey("selfsup.command")) {
                offers.add(Offer.command(properties.get("selfsup.command")));
            }
            if (properties.keySet().containsAll(List.of("selfsup.kind", "selfsup.name", "selfsup.scope"))) {
                offers.add(new Offer(properties.get("selfsup.kind"), properties.get("selfsup.scope"), properties.get("selfsup.name")));
            }
        }
        return offers;
    }

    private static String text(Map<String, Object> attributes, String key) {
        return String.valueOf(attributes.get(key));
    }

    private static List<URL> services(Bundle bundle) throws IOException {
        String header = bundle.getHeaders("").get("Service-Component");
        List<URL> files = new ArrayList<>();
        for (String path : header == null ? new String[0] : header.split("\\s*,\\s*")) {
            int slash = path.lastIndexOf('/');
            Enumeration<URL> found = bundle.findEntries(slash < 0 ? "/" : path.substring(0, slash), path.substring(slash + 1), false);
            if (found == null && !path.contains("*")) {
                throw new IOException("lacks " + path + ", which its manifest names as a Service-Component; build it anew");
            }
            files.addAll(found == null ? List.of() : Collections.list(found));
        }
        return files;
    }

    private static Map<String, String> properties(URL file) throws IOException {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        Map<String, String> properties = new HashMap<>();
        try (InputStream in = file.openStream()) {
            XMLStreamReader xml = factory.createXMLStreamReader(in);
            while (xml.hasNext()) {
                if (xml.next() == XMLStreamReader.START_ELEMENT && xml.getLocalName().equals("property") && xml.getAttributeValue(null, "value") != null) {
                    properties.put(xml.getAttributeValue(null, "name"), xml.getAttributeValue(null, "value"));
                }
            }
        } catch (XMLStreamException e) {
            throw new IOException("has a broken description of its services, " + file.getPath() + ": " + Reason.of(e), e);
        }
        return properties;
    }
}
