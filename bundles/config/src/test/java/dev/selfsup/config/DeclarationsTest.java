package dev.selfsup.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.selfsup.api.component.Components;
import dev.selfsup.config.Declaration.Status;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What records say of keys that a config has or has not. */
final class DeclarationsTest {
    private static Declaration of(String path, String yaml, Class<?> type) {
        return new Declarations(Shapes.INSTALLED).of(Config.parse("test", yaml).root(), type, List.of("mmselfsup"), KeyPath.parse(path).orElseThrow());
    }

    private static String told(String path, String yaml) {
        Declaration found = of(path, yaml, Shapes.Picture.class);
        return found.status() + " " + found.owner().map(Components.Id::name).orElse("-") + " " + found.key() + " "
                + found.value().map(Node::inline).orElse("-") + (found.near().isEmpty() ? "" : " " + found.near());
    }

    @Test
    void aKeyIsLookedUpInTheComponentThatTheConfigNames() {
        String circle = "shape: {type: Circle, radius: 2}";
        assertEquals("REQUIRED Circle radius 2", told("shape.radius", circle));
        assertEquals("OPTIONAL Circle rings 1", told("shape.rings", circle));
        assertEquals("OPTIONAL Circle paint -", told("shape.paint", circle));
        assertEquals("REQUIRED - shape {type: Circle, radius: 2}", told("shape", circle));
    }

    @Test
    void theTypeOfAKindMayBeTheDefaultOne() {
        assertEquals("OPTIONAL Plain color black", told("shape.paint.color", "shape: {type: Circle, paint: {}}"));
        assertEquals("OPTIONAL Circle paint.type Plain", told("shape.paint.type", "shape: {type: Circle, paint: {}}"));
        assertEquals("OPTIONAL Striped widths [2, 3]", told("shape.paint.widths", "shape: {type: Circle, paint: {type: Striped}}"));
        assertEquals("OPTIONAL Striped widths.1 3", told("shape.paint.widths.1", "shape: {type: Circle, paint: Striped}"));
    }

    @Test
    void listsAreFollowedByPositionAndOneElementStandsForAListOfOne() {
        assertEquals("OPTIONAL Circle rings 4", told("shape.members.0.rings", "shape: {type: Group, members: [{type: Circle, rings: 4}]}"));
        assertEquals("OPTIONAL Circle rings 1", told("shape.members.rings", "shape: {type: Group, members: {type: Circle}}"));
        assertEquals("UNKNOWN Group members [Circle, Tile] [0, 1]", told("shape.members.2", "shape: {type: Group, members: [Circle, Tile]}"));
    }

    @Test
    void anUnknownKeyComesWithTheNearOnesElseWithAll() {
        Declaration near = of("shape.ring", "shape: Circle", Shapes.Picture.class);
        assertEquals(List.of("rings"), near.near());
        assertEquals(List.of("paint", "radius", "rings", "type"), of("shape.x", "shape: Circle", Shapes.Picture.class).near());
        assertEquals(Status.UNKNOWN, near.status());
    }

    @Test
    void mapsNestedRecordsAndTypesBesideAreFollowed() {
        assertEquals(Optional.of("0"), value("points.a.y", "points: {a: {x: 1}}"));
        assertEquals(Optional.of("7"), value("point.x", "point: {x: 7}"));
        assertEquals(Optional.of("[2, 3]"), value("brush_cfg.widths", "brush: Striped"));
        assertEquals(Optional.of("Striped"), value("brush", "brush: Striped"));
        assertEquals(Optional.of("Plain"), value("brush", "number: 2"));
    }

    private static Optional<String> value(String path, String yaml) {
        return of(path, yaml, Shapes.Everything.class).value().map(Node::inline);
    }

    @Test
    void nothingIsKnownBelowATypeThatIsNotInstalledOrAValueTakenAsItIs() {
        assertEquals("FREE - shape {type: Cube}", told("shape.edge", "shape: {type: Cube}"));
        assertEquals(Status.FREE, of("raw.x", "raw: {x: 1}", Shapes.Everything.class).status());
        assertEquals(Status.FREE, of("number.x", "number: 1", Shapes.Everything.class).status());
    }

    @Test
    void aKeyWithoutMeaningIsSaidToBeSo() {
        assertEquals(Status.IGNORED, of("custom_imports.x", "a: 1", Shapes.Picture.class).status());
        assertEquals(Status.IGNORED, of("shape.file_client_args", "shape: Circle", Shapes.Picture.class).status());
    }
}
