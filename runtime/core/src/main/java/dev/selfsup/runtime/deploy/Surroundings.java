package dev.selfsup.runtime.deploy;

import dev.selfsup.runtime.plugins.Offer;
import java.util.Collection;
import java.util.Map;
import org.osgi.framework.Bundle;

/**
 * What is there when jars are decided upon.
 *
 * @param given bundles that can be used without question
 * @param taken what these offer, and the name of who does
 * @param unusable other jars, which cannot be used
 */
record Surroundings(Collection<Bundle> given, Map<Offer, String> taken, Map<DeployedJar, Problem> unusable) {}
