// The AAR. `cargo xtask android` brings the libraries and the generated sources, then
// runs this; the hand-written sources are those of the package for the JVM.

import org.jetbrains.kotlin.gradle.dsl.JvmTarget

plugins {
    id("com.android.library") version "8.13.2"
    id("org.jetbrains.kotlin.android") version "2.3.0"
    `maven-publish`
}

group = "com.paysera.retailer"
version = "0.1.0"

android {
    namespace = "com.paysera.retailer"
    compileSdk = 36

    defaultConfig {
        // The level that the libraries are built for.
        minSdk = 26
        consumerProguardFiles("consumer-rules.pro")
    }

    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_11
        targetCompatibility = JavaVersion.VERSION_11
    }

    sourceSets {
        named("main") {
            kotlin.srcDir("../src/main/kotlin")
            kotlin.srcDir("../generated")
            jniLibs.srcDir("jniLibs")
        }
    }

    // They have no symbols any more, and an NDK of another version is not asked for.
    packaging { jniLibs { keepDebugSymbols += "**/*.so" } }

    publishing { singleVariant("release") { withSourcesJar() } }
}

kotlin { compilerOptions { jvmTarget = JvmTarget.JVM_11 } }

// The versions are those of ../pom.xml.
dependencies {
    api("org.jetbrains.kotlinx:kotlinx-coroutines-core:1.10.2")
    // The AAR, not the jar: that one has no library for Android.
    implementation("net.java.dev.jna:jna:5.18.1@aar")
}

publishing {
    publications {
        register<MavenPublication>("release") {
            artifactId = "paysera-retailer-android"
            afterEvaluate { from(components["release"]) }
        }
    }
    repositories {
        maven {
            name = "folder"
            url = uri(layout.buildDirectory.dir("repository"))
        }
    }
}
