package org.p2prmb.ledgers;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;

import org.p2prmb.libp2p.rules.HouseRules;

@AnalyzeClasses(
        packages = "org.p2prmb.ledgers",
        importOptions = {ImportOption.DoNotIncludeTests.class, ImportOption.DoNotIncludeJars.class})
final class ArchitectureTest {
    @ArchTest static final ArchTests houseRules = ArchTests.in(HouseRules.class);

    @ArchTest
    static final ArchRule kotlinStaysInTheSimulatedChains =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("org.p2prmb.ledgers.simulated")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("fr.acinq..", "kotlin..")
                    .because("it is there to check what the other library made");
}
