package dev.selfsup.dataset;

import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.Transform;
import dev.selfsup.api.run.UsageException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;

/**
 * Images in tar archives, with their labels beside them: what one name is common to, up to its first point, is one sample. Each image is read on its own, in any order.
 */
public final class TarShards implements Dataset.Images {
    private static final int LARGEST = 1 << 30;

    private final List<Member> members;
    private final boolean labelled;
    private final List<String> classes;
    private final List<Transform> pipeline;

    private record Member(Path shard, TarIndex.Entry image, int label) {}

    private TarShards(List<Member> members, boolean labelled, List<String> classes, List<Transform> pipeline) {
        this.members = members;
        this.labelled = labelled;
        this.classes = classes;
        this.pipeline = pipeline;
    }

    /**
     * Finds the images.
     *
     * @param shards the archives, in order
     * @param imageKeys endings of images, without the point
     * @param labelKey ending of the file with the label, a whole number in text
     * @param names names of the classes; empty if there are none
     * @param indices only the first images, or the last ones if negative
     * @param pipeline transforms
     * @throws UsageException if an archive is damaged or has no image, or only some images have labels
     */
    public static TarShards open(List<Path> shards, List<String> imageKeys, String labelKey, List<String> names, OptionalInt indices,
            List<Transform> pipeline) {
        List<Member> all = shards.parallelStream().flatMap(shard -> members(shard, imageKeys, labelKey).stream()).toList();
        int size = indices.isEmpty() ? all.size() : Math.min(Math.abs(indices.getAsInt()), all.size());
        int from = indices.orElse(0) < 0 ? all.size() - size : 0;
        List<Member> members = List.copyOf(all.subList(from, from + size));
        boolean labelled = members.stream().anyMatch(member -> member.label >= 0);
        members.stream().filter(member -> labelled && member.label < 0).findFirst().ifPresent(without -> {
            throw new UsageException("shards: all images must have a label, a file ." + labelKey + ", or none; there is none for " + without.image.name() + " in "
                    + Location.absolute(without.shard));
        });
        int largest = members.stream().mapToInt(Member::label).max().orElse(-1);
        if (!names.isEmpty() && largest >= names.size()) {
            throw new UsageException("classes: there must be a name for every label up to " + largest + ", not only " + names.size());
        }
        return new TarShards(members, labelled, labelled ? List.copyOf(names) : List.of(), List.copyOf(pipeline));
    }

    private static List<Member> members(Path shard, List<String> imageKeys, String labelKey) {
        List<Member> members = new ArrayList<>();
        String current = "";
        TarIndex.Entry image = null;
        int label = -1;
        for (TarIndex.Entry entry : TarIndex.read(shard)) {
            int point = entry.name().indexOf('.', entry.name().lastIndexOf('/') + 1);
            String key = point < 0 ? entry.name() : entry.name().substring(0, point);
            String ending = point < 0 ? "" : entry.name().substring(point + 1).toLowerCase(java.util.Locale.ROOT);
            if (!key.equals(current)) {
                add(members, shard, image, label);
                current = key;
                image = null;
                label = -1;
            }
            if (image == null && imageKeys.contains(ending)) {
                image = entry;
            } else if (ending.equals(labelKey)) {
                label = label(shard, entry);
            }
        }
        add(members, shard, image, label);
        if (members.isEmpty()) {
            throw new UsageException("shards: there is no image in " + Location.absolute(shard) + " (files that end in ." + String.join(", .", imageKeys)
                    + "); correct image_keys, or leave the shard out");
        }
        return members;
    }

    private static void add(List<Member> members, Path shard, TarIndex.Entry image, int label) {
        if (image != null) {
            members.add(new Member(shard, image, label));
        }
    }

    private static int label(Path shard, TarIndex.Entry entry) {
        String text = "";
        try {
            text = entry.size() <= 20 ? new String(read(shard, entry), StandardCharsets.UTF_8).strip() : "of " + entry.size() + " bytes";
        } catch (IOException e) {
            text = String.valueOf(e.getMessage());
        }
        if (!text.matches("\\d{1,9}")) {
            throw new UsageException("shards: " + entry.name() + " in " + Location.absolute(shard) + " must hold a label, a whole number from 0 on, not " + text);
        }
        return Integer.parseInt(text);
    }

    private static byte[] read(Path shard, TarIndex.Entry entry) throws IOException {
        if (entry.size() > LARGEST) {
            throw new IOException("it has " + entry.size() + " bytes, more than the " + LARGEST + " that an image may have");
        }
        ByteBuffer buffer = ByteBuffer.allocate((int) entry.size());
        try (FileChannel channel = FileChannel.open(shard)) {
            while (buffer.hasRemaining()) {
                if (channel.read(buffer, entry.offset() + buffer.position()) < 0) {
                    throw new EOFException("the shard has become shorter");
                }
            }
        }
        return buffer.array();
    }

    @Override
    public int size() {
        return members.size();
    }

    @Override
    public boolean labelled() {
        return labelled;
    }

    @Override
    public List<String> classes() {
        return classes;
    }

    @Override
    public OptionalInt label(int index) {
        return labelled ? OptionalInt.of(members.get(index).label) : OptionalInt.empty();
    }

    @Override
    public Sample load(int index, RandomGenerator random) {
        Member member = members.get(index);
        Path path = Path.of(member.shard + "/" + member.image.name());
        Sample sample = new Sample(index, path, label(index), () -> read(member.shard, member.image));
        pipeline.forEach(transform -> transform.apply(sample, random));
        return sample;
    }
}
