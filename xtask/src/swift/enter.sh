# Runs a program in a root folder: ROOT HOME FOLDER BIND... -- ARGUMENTS OF env
# Mounts are of this mount namespace and end with it; this shell is process 1 of a
# process namespace, so that a signal ends the program, which it would not if the
# program were process 1 itself.
set -e
root=$1 home=$2 folder=$3
shift 3
# Onto itself, to be made read-only for this program alone: what is cached stays as it is.
mount --bind "$root" "$root"
# The loader finds libraries that lie beside a program by /proc/self/exe.
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/tmp"
# SwiftPM asks the user database for its home, not the environment.
mount --bind "$home" "$root/root"
while [ "$1" != -- ]; do
    mkdir -p "$root$1"
    mount --rbind "$1" "$root$1"
    shift
done
shift
mount -o remount,bind,ro "$root"
# Not the last command: the shell would make way for it.
chroot "$root" env --ignore-environment --chdir="$folder" "$@" || exit $?
