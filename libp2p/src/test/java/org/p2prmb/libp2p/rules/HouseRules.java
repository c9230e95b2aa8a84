package org.p2prmb.libp2p.rules;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import org.p2prmb.libp2p.core.Machine;

import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Clock;
import java.time.InstantSource;

import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/// The architecture rules that every module's own `ArchitectureTest` runs on its classes.
public final class HouseRules {
    private HouseRules() {}

    @ArchTest
    static final ArchRule machinesArePure =
            noClasses()
                    .that(belongToAMachine())
                    .should()
                    .dependOnClassesThat(waitOrActOrReadClocks())
                    .because("time and randomness are arguments of a machine")
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule socketsStayInTheTransport =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("org.p2prmb.libp2p.transport..")
                    .and()
                    .doNotHaveFullyQualifiedName("org.p2prmb.discovery.mdns.MdnsSocket")
                    .and()
                    .areNotAssignableTo(X509ExtendedKeyManager.class)
                    .and()
                    .areNotAssignableTo(X509ExtendedTrustManager.class)
                    .should()
                    .dependOnClassesThat()
                    .belongToAnyOf(
                            Socket.class,
                            ServerSocket.class,
                            DatagramSocket.class,
                            SocketChannel.class,
                            ServerSocketChannel.class,
                            DatagramChannel.class)
                    .because(
                            "above Stream nobody sees a socket, a buffer or a channel; discovery by"
                                + " multicast has one class of its own for them, and the JDK's"
                                + " managers of keys and trust name sockets that we never have");

    @ArchTest
    static final ArchRule namesSayWhatThingsAre =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("..wire..")
                    .should()
                    .haveNameMatching(".*\\.(Abstract\\w*|\\w*(Impl|Manager|Utils?|Helper))");

    @ArchTest
    static final ArchRule classesAreFinal =
            classes()
                    .that()
                    .areTopLevelClasses()
                    .and()
                    .areNotInterfaces()
                    .and()
                    .resideOutsideOfPackage("..wire..")
                    .should()
                    .haveModifier(JavaModifier.FINAL)
                    .because("there is no inheritance for reuse");

    @ArchTest
    static final ArchRule staticFieldsAreFinal =
            fields().that()
                    .areStatic()
                    .and()
                    .areDeclaredInClassesThat()
                    .resideOutsideOfPackage("..wire..")
                    .should()
                    .beFinal()
                    .because("hosts and agents of one process share no switch or key")
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule generatedTypesStayInTheCodecs =
            noMethods()
                    .that()
                    .arePublic()
                    .and()
                    .areDeclaredInClassesThat()
                    .resideOutsideOfPackage("..wire..")
                    .should()
                    .haveRawReturnType(generated())
                    .orShould()
                    .haveRawParameterTypes(anyGenerated());

    private static DescribedPredicate<JavaClass> belongToAMachine() {
        return DescribedPredicate.describe(
                "belong to a machine",
                type ->
                        type.isAssignableTo(Machine.class) && !type.isInterface()
                                || type.isAnnotatedWith("org.p2prmb.libp2p.core.Pure")
                                || type.getEnclosingClass()
                                        .map(belongToAMachine()::test)
                                        .orElse(false));
    }

    private static DescribedPredicate<JavaClass> waitOrActOrReadClocks() {
        return DescribedPredicate.describe(
                "wait, act or read clocks",
                type ->
                        type.getPackageName().startsWith("java.util.concurrent")
                                || type.getPackageName().startsWith("java.io")
                                        && !type.isAssignableTo(java.io.Serializable.class)
                                || type.getPackageName().startsWith("java.net")
                                        && !type.getName().startsWith("java.net.Inet")
                                || type.getPackageName().startsWith("java.nio.channels")
                                || type.getPackageName().startsWith("java.nio.file")
                                || type.getPackageName().startsWith("java.sql")
                                || type.isEquivalentTo(Thread.class)
                                || type.isEquivalentTo(Clock.class)
                                || type.isEquivalentTo(InstantSource.class));
    }

    private static DescribedPredicate<JavaClass> generated() {
        return DescribedPredicate.describe(
                "generated protobuf types", type -> type.getPackageName().endsWith(".wire"));
    }

    private static DescribedPredicate<java.util.List<JavaClass>> anyGenerated() {
        return DescribedPredicate.describe(
                "generated protobuf types", types -> types.stream().anyMatch(generated()));
    }
}
