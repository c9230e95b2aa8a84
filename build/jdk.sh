# Sourced by the launchers: finds a JDK 25 or newer and sets `jdk`.

# The major version of the JDK in a directory, read from its release file: starting it costs more.
jdk_major() {
  local line=
  [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 1
  while IFS= read -r line; do
    case $line in
      JAVA_VERSION=*)
        line=${line#JAVA_VERSION=\"}
        line=${line%%[.\"+-]*}
        break
        ;;
    esac
  done < "$1/release"
  [ "$line" -ge 25 ] 2> /dev/null
}

find_jdk() {
  local candidate
  local path_java=
  path_java=$(command -v java || true)
  [ -n "$path_java" ] && path_java=$(dirname "$(dirname "$(readlink -f "$path_java")")")
  for candidate in "${JAVA_HOME:-}" "$path_java" /usr/lib/jvm/* \
    "${SDKMAN_DIR:-$HOME/.sdkman}"/candidates/java/*; do
    if [ -n "$candidate" ] && jdk_major "$candidate"; then
      jdk=$candidate
      return
    fi
  done
  fail "no JDK 25 or newer in JAVA_HOME, PATH, /usr/lib/jvm or SDKMAN: install one (for example the Debian package temurin-25-jdk)"
}
