# shellcheck shell=bash
# Sourced by run.sh and test.sh: the system's packages that they use. All are optional: without an audio library, a format or the speed
# is not available; without a program that tests use, those tests are skipped.

# One per line: the files or the program, its Debian packages, its package in Fedora and in Homebrew. Names of Debian packages differ
# between releases: the first that apt lists is installed.
natives="
libsndfile.so.1|libsndfile1|libsndfile|libsndfile
libmp3lame.so.0|libmp3lame0|lame-libs|lame
libFLAC.so.12 libFLAC.so.14 libFLAC.so.8|libflac14 libflac12t64 libflac12 libflac8|flac-libs|flac
libopusenc.so.0|libopusenc0|libopusenc|libopusenc
libSoundTouchDll.so.1|libsoundtouch1|soundtouch|sound-touch
ffmpeg|ffmpeg|ffmpeg-free|ffmpeg
"

# The same, for tests alone. strace and ip are for Linux only.
test_programs="
chromium chromium-browser google-chrome|chromium chromium-browser|chromium|chromium
sox|sox|sox|sox
strace|strace|strace|
ip|iproute2|iproute|
npm|npm|nodejs-npm|node
"

# For the tests on stand-ins for CUDA. Debian's g++ brings the headers of libc; its gcc does not.
cuda_test_programs="
gcc|g++|gcc|gcc
"

native_is_there() {
  local name
  for name in $1; do
    case "$name" in
      *.so.*) [[ "$known_libraries" != *" $name "* ]] || return 0 ;;
      *) ! PATH="$PATH:/usr/sbin:/sbin" command -v "$name" >/dev/null || return 0 ;;
    esac
  done
  [[ "$(uname -s)" == Darwin && (-d "/opt/homebrew/opt/$2" || -d "/usr/local/opt/$2") ]]
}

# The lines of $1 that are not installed.
missing_of() {
  local files debian fedora brew known_libraries
  known_libraries=" $(PATH="$PATH:/usr/sbin:/sbin" ldconfig -p 2>/dev/null | awk '{print $1}' | tr '\n' ' ') "
  while IFS='|' read -r files debian fedora brew; do
    [[ -z "$files" ]] || native_is_there "$files" "$brew" || echo "$files|$debian|$fedora|$brew"
  done <<<"$1"
}

# The first of the packages $1 that apt can install; the first of all if it lists none of them.
apt_name() {
  local known=""
  # shellcheck disable=SC2086
  [[ "$1" != *" "* ]] || known="$(apt-cache policy $1 2>/dev/null |
    awk '/^[^ ]/ {name = $1} /Candidate: [^(]/ && !first {first = name} END {print first}')"
  known="${known%:}"
  echo "${known:-${1%% *}}"
}

# The packages of the lines $2, by their names in the package manager $1.
package_names() {
  local files debian fedora brew
  while IFS='|' read -r files debian fedora brew; do
    case "$1" in
      apt-get) apt_name "$debian" ;;
      dnf) echo "$fedora" ;;
      brew) echo "$brew" ;;
    esac
  done <<<"$2" | tr '\n' ' ' | sed 's/ $//'
}

apt_install() {
  # shellcheck disable=SC2046
  "${apt[@]}" install --no-install-recommends $(package_names apt-get "$1")
}

install_with_apt() {
  local apt log
  apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=60 -o Acquire::Retries=1)
  log="$(mktemp)"
  echo "installing $2 that are missing: $(package_names apt-get "$1") ..." >&2
  # A new image has no package lists, and those of an old one are out of date.
  apt_install "$1" >"$log" 2>&1 || { "${apt[@]}" update && apt_install "$1"; } >"$log" 2>&1 || tail -n 3 "$log" >&2
  rm -f "$log"
}

# Installs what is missing of the list $2 if $1 is yes, the user is root and apt is there; else prints the command that would. Never fails.
# $3 names the list, $4 says what is not available without it.
find_packages() {
  local missing manager elevate=""
  missing="$(missing_of "$2")"
  if [[ -n "$missing" && "$1" == yes && "$(id -u)" == 0 ]] && command -v apt-get >/dev/null; then
    install_with_apt "$missing" "$3"
    missing="$(missing_of "$2")"
  fi
  [[ -n "$missing" ]] || return 0
  echo "$3 are missing, so $4:" $(sed 's/[| ].*//' <<<"$missing") >&2
  for manager in apt-get dnf brew; do
    command -v "$manager" >/dev/null || continue
    [[ "$manager" == brew || "$(id -u)" == 0 ]] || elevate="sudo "
    echo "  $elevate$manager install $(package_names "$manager" "$missing")" >&2
    return 0
  done
}

# $1 is yes or no: whether packages may be installed.
find_natives() {
  find_packages "$1" "$natives" "audio libraries" "not all formats are available (./run.sh doctor names them)"
}

# $1 is yes or no: whether packages may be installed.
find_test_programs() {
  find_packages "$1" "$test_programs" "programs that tests use" "those tests are skipped"
  find_nginx "$1"
  find_postgresql "$1"
  find_powershell "$1"
}

# Gets PowerShell, in which tests run the scripts for Windows, as a tool of .NET into artifacts/tools. Never fails.
find_powershell() {
  local folder="$root/artifacts/tools"
  ! command -v pwsh >/dev/null || return 0
  if [[ ! -x "$folder/pwsh" && "$1" == yes ]]; then
    echo "getting PowerShell into artifacts/tools for tests ..." >&2
    dotnet tool install PowerShell --version 7.6.9 --tool-path "$folder" >/dev/null 2>&1 || true
  fi
  [[ -x "$folder/pwsh" ]] || echo "PowerShell is missing, so the tests of the scripts for Windows are skipped" >&2
}

# Unpacks Debian's nginx, where find_packages would install it: its package starts a server on port 80, now and at each boot. Tests start it
# on loopback. Never fails.
find_nginx() {
  local folder="$root/artifacts/nginx"
  ! PATH="$PATH:/usr/sbin:/sbin" command -v nginx >/dev/null || return 0
  if [[ ! -x "$folder/usr/sbin/nginx" && "$1" == yes && "$(id -u)" == 0 ]] && command -v apt-get >/dev/null; then
    echo "unpacking nginx into artifacts/nginx for tests ..." >&2
    unpack_nginx "$folder" || { apt-get -q update && unpack_nginx "$folder"; } >/dev/null 2>&1 || true
  fi
  if "$folder/usr/sbin/nginx" -v >/dev/null 2>&1; then
    PATH="$folder/usr/sbin:$PATH"
  else
    echo "nginx is missing, so tests of proxies use one of their own" >&2
  fi
}

# The program is in one of two packages, by release.
unpack_nginx() {
  rm -rf "$1"
  mkdir -p "$1"
  (
    cd "$1" || exit
    for name in nginx nginx-core; do ! apt-get -q download "$name" || dpkg-deb -x "$name"_*.deb .; done
    [[ -x usr/sbin/nginx ]]
  ) >/dev/null 2>&1
}

# Unpacks Debian's PostgreSQL for the same reason. Tests start a server of their own on loopback. Never fails.
find_postgresql() {
  local folder="$root/artifacts/postgresql" programs
  ! compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || return 0
  ! PATH="$PATH:/usr/sbin:/sbin" command -v initdb >/dev/null || return 0
  if ! compgen -G "$folder/usr/lib/postgresql/*/bin/initdb" >/dev/null && [[ "$1" == yes && "$(id -u)" == 0 ]] &&
    command -v apt-get >/dev/null; then
    echo "unpacking PostgreSQL into artifacts/postgresql for tests ..." >&2
    unpack_postgresql "$folder" || { apt-get -q update && unpack_postgresql "$folder"; } >/dev/null 2>&1 || true
  fi
  programs="$(compgen -G "$folder/usr/lib/postgresql/*/bin" | head -1 || true)"
  if "$programs/postgres" --version >/dev/null 2>&1; then
    PATH="$programs:$PATH"
  else
    echo "PostgreSQL is missing, so the tests of clusters are skipped" >&2
  fi
}

# The package of the programs is named by their version. Its libraries are installed, except LLVM, which is large and not needed.
unpack_postgresql() {
  rm -rf "$1"
  mkdir -p "$1"
  (
    cd "$1" || exit
    name="$(apt-cache depends postgresql | awk '/ Depends: postgresql-[0-9]/ {print $2; exit}')"
    apt-get -q download "$name" && dpkg-deb -x "$name"_*.deb . && rm "$name"_*.deb
    libraries="$(apt-cache depends "$name" | awk '/^ *Depends: lib/ && !/llvm/ {print $2}')"
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends $libraries
    compgen -G 'usr/lib/postgresql/*/bin/initdb'
  ) >/dev/null 2>&1
}
