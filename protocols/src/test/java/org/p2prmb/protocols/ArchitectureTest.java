package org.p2prmb.protocols;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;

import org.p2prmb.libp2p.rules.HouseRules;

@AnalyzeClasses(
        packages = "org.p2prmb.protocols",
        importOptions = {ImportOption.DoNotIncludeTests.class, ImportOption.DoNotIncludeJars.class})
final class ArchitectureTest {
    @ArchTest static final ArchTests houseRules = ArchTests.in(HouseRules.class);

    @ArchTest
    static final ArchRule onlyTheWordsOfTheStackAreUsed =
            ArchRuleDefinition.noClasses()
                    .should()
                    .dependOnClassesThat(
                            new com.tngtech.archunit.base.DescribedPredicate<>(
                                    "are the stack's inner parts") {
                                @Override
                                public boolean test(
                                        com.tngtech.archunit.core.domain.JavaClass type) {
                                    var name = type.getPackageName();
                                    return name.startsWith("org.p2prmb.libp2p.")
                                            && !name.startsWith("org.p2prmb.libp2p.core")
                                            && !name.startsWith("org.p2prmb.libp2p.identity")
                                            && !name.startsWith("org.p2prmb.libp2p.multiaddr");
                                }
                            });
}
