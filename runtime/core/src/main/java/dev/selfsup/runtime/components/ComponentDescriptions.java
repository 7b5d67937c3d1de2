package dev.selfsup.runtime.components;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.selfsup.runtime.components.ComponentDescription.ConfigKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/** Reads the descriptions that bundles carry below {@code META-INF/selfsup}. */
public final class ComponentDescriptions {
    private static final JsonFactory JSON = new JsonFactory();

    private ComponentDescriptions() {}

    /**
     * Descriptions of all components whose bundle is started.
     *
     * @param context any bundle's context
     * @return ordered by kind, type, scope
     */
    public static List<ComponentDescription> of(BundleContext context) {
        List<ComponentDescription> all = new ArrayList<>();
        for (Bundle bundle : context.getBundles()) {
            if ((bundle.getState() & (Bundle.ACTIVE | Bundle.STARTING)) == 0) {
                continue;
            }
            Enumeration<URL> files = bundle.findEntries("META-INF/selfsup", "*.json", false);
            for (URL file : files == null ? List.<URL>of() : Collections.list(files)) {
                all.add(read(bundle, file));
            }
        }
        all.sort(Comparator.comparing(ComponentDescription::kind)
                .thenComparing(ComponentDescription::type)
                .thenComparing(ComponentDescription::scope));
        return all;
    }

    private static ComponentDescription read(Bundle bundle, URL file) {
        try (InputStream in = file.openStream()) {
            return describe(in, bundle.getSymbolicName());
        } catch (IOException e) {
            throw new UncheckedIOException("bundle " + bundle.getSymbolicName() + ": cannot read " + file.getPath(), e);
        }
    }

    /**
     * Reads one description.
     *
     * @param in JSON as the annotation processor writes it
     * @param bundle symbolic name of its bundle
     * @return the description
     * @throws IOException if it cannot be read
     */
    static ComponentDescription describe(InputStream in, String bundle) throws IOException {
        try (JsonParser parser = JSON.createParser(in)) {
            parser.nextToken();
            Map<?, ?> json = (Map<?, ?>) value(parser);
            return new ComponentDescription(text(json, "kind"), text(json, "scope"), text(json, "type"), bundle,
                    text(json, "summary"), text(json, "doc"), keys(json.get("config")));
        }
    }

    private static List<ConfigKey> keys(Object list) {
        List<ConfigKey> keys = new ArrayList<>();
        for (Object element : list == null ? List.of() : (List<?>) list) {
            Map<?, ?> json = (Map<?, ?>) element;
            keys.add(new ConfigKey(text(json, "key"), text(json, "type"), Optional.ofNullable(text(json, "default")),
                    Boolean.TRUE.equals(json.get("required")), text(json, "doc"), keys(json.get("keys"))));
        }
        return List.copyOf(keys);
    }

    private static String text(Map<?, ?> json, String key) {
        return (String) json.get(key);
    }

    private static Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, Object> map = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String key = parser.currentName();
                    parser.nextToken();
                    map.put(key, value(parser));
                }
                yield map;
            }
            case START_ARRAY -> {
                List<Object> list = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    list.add(value(parser));
                }
                yield list;
            }
            case VALUE_TRUE, VALUE_FALSE -> parser.getBooleanValue();
            default -> parser.getText();
        };
    }
}
