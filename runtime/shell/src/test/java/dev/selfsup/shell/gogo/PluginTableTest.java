package dev.selfsup.shell.gogo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.selfsup.runtime.plugins.Offer;
import dev.selfsup.runtime.plugins.Plugin;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The table of {@code plugins}. */
final class PluginTableTest {
    private static final List<Offer> OFFERS = List.of(new Offer("algorithm", "sample", "SampleMatch"), Offer.command("probe"));

    private static List<String> printed(int columns, Plugin... plugins) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new PluginTable(new PrintStream(out, true, StandardCharsets.UTF_8), columns).print(List.of(plugins));
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void whatFitsStandsInOneRow() {
        assertEquals(List.of(
                        "plug-ins, from the watched folder",
                        "  deploy/a.jar  1.0.0  in use      algorithm sample.SampleMatch, command probe",
                        "SelfSup",
                        "  selfsup.api   0.1.0  in use"),
                printed(100, new Plugin("deploy/a.jar", "1.0.0", Plugin.Origin.DEPLOYED, Plugin.State.IN_USE, OFFERS, Optional.empty()),
                        new Plugin("selfsup.api", "0.1.0", Plugin.Origin.DISTRIBUTION, Plugin.State.IN_USE, List.of(), Optional.empty())));
    }

    @Test
    void aProblemAndWhatIsMissedForItFollow() {
        assertEquals(List.of(
                        "plug-ins, from the watched folder",
                        "  deploy/a.jar  1.0.0  waiting",
                        "      needs package com.acme.tools, version [1.2.0,2.0.0),",
                        "      which no bundle offers",
                        "      would add algorithm sample.SampleMatch, command probe"),
                printed(60, new Plugin("deploy/a.jar", "1.0.0", Plugin.Origin.DEPLOYED, Plugin.State.WAITING, OFFERS,
                        Optional.of("needs package com.acme.tools, version [1.2.0,2.0.0), which no bundle offers"))));
    }
}
