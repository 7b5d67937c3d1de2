package dev.selfsup.runtime.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.osgi.resource.Requirement;
import org.osgi.resource.Resource;

/** Requirements as Felix writes them, in words. */
final class RequirementWordsTest {
    private static String words(String namespace, String filter) {
        return RequirementWords.of(new Requirement() {
            @Override
            public String getNamespace() {
                return namespace;
            }

            @Override
            public Map<String, String> getDirectives() {
                return filter.isEmpty() ? Map.of() : Map.of("filter", filter);
            }

            @Override
            public Map<String, Object> getAttributes() {
                return Map.of();
            }

            @Override
            public Resource getResource() {
                return null;
            }
        });
    }

    private static String importing(String filter) {
        return words("osgi.wiring.package", filter);
    }

    @Test
    void aPackageOfAnyVersion() {
        assertEquals("package com.acme.tools", importing("(osgi.wiring.package=com.acme.tools)"));
    }

    @Test
    void aPackageOfAVersionOrNewer() {
        assertEquals("package com.acme.tools, version 1.2.0 or newer", importing("(&(osgi.wiring.package=com.acme.tools)(version>=1.2.0))"));
    }

    @Test
    void aRangeIsWrittenAsInAManifest() {
        assertEquals("package com.acme.tools, version [1.2.0,2.0.0)",
                importing("(&(osgi.wiring.package=com.acme.tools)(version>=1.2.0)(!(version>=2.0.0)))"));
        assertEquals("package com.acme.tools, version [1.2.0,2.0.0]",
                importing("(&(osgi.wiring.package=com.acme.tools)(version>=1.2.0)(version<=2.0.0))"));
        assertEquals("package com.acme.tools, version (1.2.0,2.0.0)",
                importing("(&(osgi.wiring.package=com.acme.tools)(!(version<=1.2.0))(!(version>=2.0.0)))"));
    }

    @Test
    void aBundle() {
        assertEquals("bundle com.acme, version [1.0.0,2.0.0)",
                words("osgi.wiring.bundle", "(&(osgi.wiring.bundle=com.acme)(bundle-version>=1.0.0)(!(bundle-version>=2.0.0)))"));
    }

    @Test
    void aTypeIsNamedAsInAConfig() {
        assertEquals("backbone mmcls.ResNet", words("selfsup.type", "(&(kind=backbone)(name=ResNet)(scope=mmcls))"));
        assertEquals("neck LinearNeck", words("selfsup.type", "(&(kind=neck)(name=LinearNeck))"));
        assertEquals("neck mmselfsup.LinearNeck", words("selfsup.type", "(&(kind=neck)(name=LinearNeck)(|(scope=mmselfsup)(!(scope=*))))"));
    }

    @Test
    void aJavaVersionSaysWhichOneThisIs() {
        assertEquals("Java 99 (this is Java " + Runtime.version().feature() + ")", words("osgi.ee", "(&(osgi.ee=JavaSE)(version=99))"));
    }

    @Test
    void anExtender() {
        assertEquals("extender osgi.component, version [1.5.0,2.0.0)",
                words("osgi.extender", "(&(osgi.extender=osgi.component)(version>=1.5.0)(!(version>=2.0.0)))"));
    }

    @Test
    void anythingElseIsQuoted() {
        assertEquals("capability acme.gpu (memory>=8)", words("acme.gpu", "(memory>=8)"));
        assertEquals("capability acme.gpu", words("acme.gpu", ""));
    }
}
