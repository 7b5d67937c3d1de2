package dev.selfsup.config;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.Key;
import dev.selfsup.api.component.Kind;
import dev.selfsup.api.component.Shorthand;
import dev.selfsup.api.component.TypeKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** A small family of components to bind in tests. */
final class Shapes {
    static final InstalledTypes INSTALLED = new InstalledTypes()
            .add("shape", "mmselfsup", "Circle", new CircleFactory())
            .add("shape", "mmselfsup", "Group", new GroupFactory())
            .add("shape", "mmselfsup", "Tile", new TileFactory())
            .add("shape", "mmcls", "Tile", new OtherTileFactory())
            .add("shape", "mmcls", "Star", new StarFactory())
            .add("shape", "mmcv", "Star", new StarFactory())
            .add("paint", "mmselfsup", "Plain", new PlainFactory())
            .add("paint", "mmselfsup", "Striped", new StripedFactory());

    private Shapes() {}

    @Kind("shape")
    interface Shape {}

    @Kind(value = "paint", defaultType = "Plain")
    interface Paint {}

    enum Mode { FAST, VERY_SLOW }

    record Circle(Config config) implements Shape {
        record Config(double radius, @Default("1") int rings, Optional<Paint> paint) {
            Config {
                check(radius > 0, "radius must be positive, not %s", radius);
            }
        }
    }

    record Group(Config config) implements Shape {
        record Config(List<Shape> members, @Default("[]") List<List<Shape>> rows) {}
    }

    record Tile(String scope) implements Shape {
        record Config() {}
    }

    record Plain(Config config) implements Paint {
        record Config(@Default("black") String color) {}
    }

    record Striped(Config config) implements Paint {
        record Config(@Default("[2, 3]") List<Integer> widths) {}
    }

    record Point(int x, @Default("0") int y) {}

    /** One component of every type that can be bound. */
    record Everything(
            @Default("1") int number,
            @Default("2") long large,
            @Default("0.5") double fraction,
            @Default("true") boolean flag,
            @Default("text") String text,
            @Default("fast") Mode mode,
            OptionalInt maybeInt,
            OptionalDouble maybeDouble,
            Optional<String> maybeText,
            Optional<List<Integer>> maybeList,
            @Default("[1, 2]") int[] ints,
            @Default("[0.1]") double[] doubles,
            @Default("[[1], [2, 3]]") int[][] table,
            @Default("[1, 2.5]") List<Double> rates,
            @Default("{}") Map<String, Point> points,
            @Default("{}") Map<String, Optional<Paint>> paints,
            @Shorthand @Default("3") Point point,
            @Shorthand @Default("[{type: Plain}]") List<List<Paint>> paths,
            @Default("Plain") Paint paint,
            @Key("T_max") @Default("9") int max,
            @Default("null") Node raw,
            @TypeKey("brush") @Key("brush_cfg") Paint stroke) {}

    record Picture(Shape shape) {}

    static final class CircleFactory implements ComponentFactory<Shape, Circle.Config> {
        @Override
        public Shape create(Circle.Config config) {
            return new Circle(config);
        }
    }

    static final class GroupFactory implements ComponentFactory<Shape, Group.Config> {
        @Override
        public Shape create(Group.Config config) {
            check(config.members().size() < 4, "a group has at most 3 members, not %d", config.members().size());
            return new Group(config);
        }
    }

    static final class TileFactory implements ComponentFactory<Shape, Tile.Config> {
        @Override
        public Shape create(Tile.Config config) {
            return new Tile("mmselfsup");
        }
    }

    static final class OtherTileFactory implements ComponentFactory<Shape, Tile.Config> {
        @Override
        public Shape create(Tile.Config config) {
            return new Tile("mmcls");
        }
    }

    static final class StarFactory implements ComponentFactory<Shape, Tile.Config> {
        @Override
        public Shape create(Tile.Config config) {
            return new Tile("star");
        }
    }

    static final class PlainFactory implements ComponentFactory<Paint, Plain.Config> {
        @Override
        public Paint create(Plain.Config config) {
            return new Plain(config);
        }
    }

    static final class StripedFactory implements ComponentFactory<Paint, Striped.Config> {
        @Override
        public Paint create(Striped.Config config) {
            return new Striped(config);
        }
    }
}
