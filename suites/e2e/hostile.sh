#!/bin/sh
# A candidate that, as root in the sandbox, tries to change what is outside of it.
#
#	hostile.sh MARK PID
#
# MARK is a word that names everything that it makes; PID a process of the host. Each attempt may fail; the test looks
# at the host afterwards. Ends with the line "hostile: done".
mark=$1
victim=$2

try() {
	"$@" >/dev/null 2>&1 && echo "hostile: did: $*"
}

# Writes to the file of a kernel's setting; what stands there is not changed by it where writing works after all.
try_setting() {
	[ -e "$1" ] || return
	try sh -c "echo $2 >$1"
}

settings() {
	try_setting "$1/vm/swappiness" 37
	try_setting "$1/kernel/core_pattern" "$mark"
	try_setting "$1/kernel/hostname" "$mark"
	try_setting "$1/fs/file-max" 4242424
}

files_in() {
	for directory in "$1" "$1/etc" "$1/usr" "$1/tmp" "$1/run" "$1/root" "$1/dev/shm" "$1/var/tmp"; do
		try sh -c "echo x >'$directory/$mark'"
	done
}

settings /proc/sys
try_setting /proc/sysrq-trigger h
try_setting /sys/kernel/mm/transparent_hugepage/defrag never
try_setting /sys/kernel/uevent_helper "/$mark"

# Protections taken away, or gone around.
try mount -o remount,rw /proc/sys
try mount -o remount,bind,rw /proc/sys
try mount -o remount,rw /sys
try umount -l /proc/sys
try umount -l /proc
settings /proc/sys
for directory in /mnt /opt /srv; do
	try mount -t proc proc "$directory" && settings "$directory/sys" && try_setting "$directory/sysrq-trigger" h
	try umount "$directory"
	try mount -t sysfs sysfs "$directory" && try_setting "$directory/kernel/mm/transparent_hugepage/defrag" never
	try umount "$directory"
done
try unshare --mount sh -c "umount -l /proc/sys; echo 37 >/proc/sys/vm/swappiness"
try unshare --user --map-root-user --mount --pid --fork sh -c \
	"mount -t proc proc /proc; echo 37 >/proc/sys/vm/swappiness; echo $mark >/proc/sys/kernel/core_pattern"
try sh -c "mkdir /sys/fs/cgroup/$mark"
try mount -t cgroup2 cgroup2 /mnt && try mkdir "/mnt/$mark"
try umount /mnt

# Files: under / they go to the sandbox's own layer; the roots and descriptors of other processes may lead outside.
files_in ""
for process in /proc/1 /proc/2 /proc/$PPID; do
	files_in "$process/root"
	for link in "$process"/cwd "$process"/fd/*; do
		[ -d "$link/" ] && files_in "$link"
	done
done
try chmod 0777 /etc
try rm -f /etc/hostname /etc/passwd

# Devices
for disk in "b 8 0" "b 254 0" "b 253 0" "c 1 1"; do
	# shellcheck disable=SC2086
	try mknod "/root/$mark-device" $disk && try sh -c "head -c 1 /root/$mark-device"
	try rm "/root/$mark-device"
done

# Processes, the machine
try kill -KILL "$victim"
try kill -STOP "$victim"
pid=1
while [ "$pid" -le 200 ]; do
	[ "$pid" -eq $$ ] || [ "$pid" -le 2 ] || try kill -KILL "$pid"
	pid=$((pid + 1))
done
try hostname "$mark"
try date -s "@$(($(date +%s) + 3600))"
try sh -c 'echo x >/tmp/not-a-module && insmod /tmp/not-a-module'
try sysctl -w vm.swappiness=37
try ip link add "$mark" type dummy
try swapoff -a
try renice -n -5 -p 1
echo "hostile: done"
