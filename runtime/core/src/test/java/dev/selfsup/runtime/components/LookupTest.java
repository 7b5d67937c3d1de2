package dev.selfsup.runtime.components;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.selfsup.api.component.Components.Id;
import dev.selfsup.api.component.Components.Installed;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class LookupTest {
    private static final List<Id> IDS = List.of(new Id("transform", "mmcls", "torchvision/RandomCrop"), new Id("transform", "mmcls", "RandomCrop"),
            new Id("transform", "mmselfsup", "RandomCrop"), new Id("backbone", "mmcls", "ResNet"));

    private final Lookup lookup = new Lookup(() -> new TreeSet<>(IDS), id -> Optional.of(id).filter(IDS::contains).map(found -> new Installed(found, null)));

    private String found(String kind, String type, String... scopes) {
        return lookup.find(kind, type, List.of(scopes)).map(installed -> installed.id().toString()).orElse("none");
    }

    private static String id(int index) {
        return IDS.get(index).toString();
    }

    @Test
    void aPrefixNamesTheScopeAndNamesMayHaveSlashes() {
        assertEquals(id(0), found("transform", "mmcls.torchvision/RandomCrop", "mmselfsup"));
        assertEquals(id(1), found("transform", "mmcls.RandomCrop", "mmselfsup"));
        assertEquals("none", found("transform", "mmcv.RandomCrop", "mmselfsup"));
    }

    @Test
    void withoutAPrefixTheNearestScopeCountsThenTheOnlyOneOfThatName() {
        assertEquals(id(2), found("transform", "RandomCrop", "mmselfsup"));
        assertEquals(id(1), found("transform", "RandomCrop", "mmcls", "mmselfsup"));
        assertEquals("none", found("transform", "RandomCrop", "mmdet"));
        assertEquals(id(0), found("transform", "torchvision/RandomCrop", "mmselfsup"));
        assertEquals(id(3), found("backbone", "ResNet", "mmselfsup"));
        assertEquals("none", found("neck", "ResNet", "mmselfsup"));
    }
}
