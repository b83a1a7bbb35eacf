#!/bin/sh
# The launches of daemonck's default set as an expert would try them at a terminal: start, wait a second, look with ps,
# lsof, ss and strace, kill. One after the other, since all use the same pid file and port. Prints what there is to look
# at, and at the end the number of launches. It kills all that it can see, so it runs only as PID 1 of a pid namespace,
# as ci/bench/life starts it:
#
#	by-hand.sh PIDFILE PORT COMMAND [ARGUMENT...]		PORT 0: it listens on none
# shellcheck disable=SC2016
set -u

if [ $$ -ne 1 ]; then
	echo 'by-hand.sh: not in a pid namespace of its own' >&2
	exit 2
fi
pidfile=$1
port=$2
shift 2
launches=0
pid=

# A second is what people take for long enough. PAUSE=0 shows what is left of the time without: the looks would be too
# early then.
nap() {
	sleep "$((${PAUSE:-1} * ${1:-1}))"
}

told() {
	printf '\n== %s\n' "$*"
}

# The pid that the file holds now, or nothing.
read_pid() {
	pid=$(cat "$pidfile" 2>/dev/null) || pid=
}

# begin COMMAND...: one launch; a second, so that it has come to rest.
begin() {
	launches=$((launches + 1))
	"$@" </dev/null
	status=$?
	nap
	read_pid
	echo "status $status, pid $pid"
}

# A zombie is none.
alive() {
	[ -n "$pid" ] && ps -o stat= -p "$pid" | grep -q -v Z
}

# traced ARGUMENT... -- COMMAND...: strace follows the daemon for ever, so that it is not waited for.
traced() {
	launches=$((launches + 1))
	strace -f -q -o /tmp/trace "$@" </dev/null &
	tracer=$!
	nap 2
	read_pid
	echo "pid $pid"
	ps -e -o pid,ppid,stat,args
	kill -KILL "$tracer" 2>/dev/null
}

tree() {
	ps -e -o pid,ppid,pgid,sid,tty,stat,args
}

# Everything but this shell and what started it, as after a test on a machine that is only for that.
end() {
	if alive; then
		kill "$pid"
		nap
	fi
	for rest in $(ps -e -o pid=); do
		[ "$rest" -eq 1 ] || [ "$rest" -eq $$ ] || kill -KILL "$rest" 2>/dev/null
	done
	rm -rf "$pidfile"
}

look() {
	tree
	alive || return
	lsof -n -P -p "$pid"
	grep -E '^(Umask|Sig|Shd|Uid|Gid|Cap)' "/proc/$pid/status"
	ls -l "/proc/$pid/fd" "/proc/$pid/cwd"
	tr '\0' '\n' <"/proc/$pid/environ"
	ls -l "$pidfile"
	ss -l -n -t -u -x
}

told clean
begin "$@"
look
end

for round in 1 2; do
	told "pid file and port at the return, $round"
	launches=$((launches + 1))
	"$@" </dev/null
	cat "$pidfile"
	ss -l -n -t
	nap
	read_pid
	end
done

told 'does the launcher wait for a slow child'
traced -e trace=process,setsid -e inject=setsid:delay_enter=500000 "$@"
cat /tmp/trace
end

told 'does it only sleep for a slow child'
traced -e trace=process,setsid -e inject=setsid:delay_enter=1500000 "$@"
cat /tmp/trace
end

told 'does it tell that the child died'
traced -e trace=process,setsid -e inject=setsid:signal=KILL "$@"
cat /tmp/trace
end

told 'the stop signal as early as can be'
traced -e trace=process,setsid -e inject=setsid:signal=TERM "$@"
cat /tmp/trace
end

if [ "$port" -ne 0 ]; then
	told 'the port is taken'
	python3 -m http.server --bind 127.0.0.1 "$port" >/dev/null 2>&1 &
	nap
	begin "$@"
	tree
	end
fi
told 'the pid file cannot be written'
mkdir -p "$pidfile"
begin "$@"
tree
end

for mask in 000 022 077; do
	told "umask $mask"
	begin sh -c 'umask "$1"; shift; exec "$@"' sh "$mask" "$@"
	alive && grep Umask "/proc/$pid/status"
	end
done

told 'signals ignored'
begin env --ignore-signal=HUP,INT,TERM,CHLD,PIPE,USR2 "$@"
alive && grep Sig "/proc/$pid/status"
end
told 'signals blocked'
begin env --block-signal=HUP,INT,TERM,USR1,USR2,CHLD "$@"
alive && grep Sig "/proc/$pid/status"
end

for closed in '<&-' '>&-' '<&- >&-' '2>&-' '<&- 2>&-' '>&- 2>&-' '<&- >&- 2>&-'; do
	told "started with $closed"
	begin sh -c "exec \"\$@\" $closed" sh "$@"
	alive && ls -l "/proc/$pid/fd"
	end
done

told 'pipes as standard output and error'
launches=$((launches + 1))
timeout 3 sh -c '"$@" 2>&1 </dev/null | cat' sh "$@"
echo "status $?"
read_pid
end

told 'a high limit of descriptors'
begin sh -c 'ulimit -n 1048576; shift 0; time -p "$@"' sh "$@"
end
told 'the highest limit of descriptors'
begin sh -c 'ulimit -n "$(ulimit -H -n)"; time -p "$@"' sh "$@"
end

told '/dev/null is a file'
begin unshare --mount sh -c 'mount --bind /etc/hostname /dev/null; exec "$@"' sh "$@"
tree
end
told '/dev/null is missing'
begin unshare --mount sh -c 'mount -t tmpfs none /dev; exec "$@"' sh "$@"
tree
end

told 'the start directory is deleted'
mkdir -p /tmp/gone
begin sh -c 'cd /tmp/gone; rmdir /tmp/gone; exec "$@"' sh "$@"
tree
end
told 'the start directory can be unmounted'
mkdir -p /tmp/mounted
mount -t tmpfs none /tmp/mounted
begin sh -c 'cd /tmp/mounted; exec "$@"' sh "$@"
umount /tmp/mounted || echo 'busy'
end

told 'empty environment'
begin env -i "$@"
tree
end

# typed WHAT COMMAND...: at a terminal whose foreground group is still the launcher's.
typed() {
	keys=$1
	shift
	launches=$((launches + 1))
	(
		nap
		# shellcheck disable=SC2059
		printf "$keys"
		nap
	) | timeout 5 script -q -e -c "$* </dev/null; sleep $((3 * ${PAUSE:-1}))" /dev/null
	read_pid
}
for key in '\003' '\034' '\032'; do
	told "key $key"
	typed "$key" "$@"
	tree
	end
done
told 'hang-up'
launches=$((launches + 1))
timeout -s KILL 2 script -q -e -c "$* </dev/null; sleep $((3 * ${PAUSE:-1}))" /dev/null
nap
read_pid
tree
end
for round in 1 2 3; do
	told "hang-up at once, $round"
	begin script -q -e -c "$*" /dev/null
	tree
	end
done

told stop
begin "$@"
alive && kill "$pid" && nap
tree
ls -l "$pidfile"
ss -l -n -t -x
end
told 'stop twice'
begin "$@"
alive && kill "$pid" && kill "$pid"
nap
tree
end
for signal in HUP INT QUIT; do
	told "signal $signal"
	begin "$@"
	alive && kill -"$signal" "$pid"
	nap
	tree
	end
done
told 'STOP and CONT'
begin "$@"
alive && kill -STOP "$pid" && nap && kill -CONT "$pid"
nap
tree
end

if [ "$port" -ne 0 ]; then
	told 'a client breaks off'
	begin "$@"
	python3 -c 'import socket, struct, sys
client = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
client.close()' "$port"
	nap
	tree
	end
fi
told 'a worker is killed'
begin "$@"
if alive; then
	worker=$(ps -o pid= --ppid "$pid" | head -n 1)
	[ -z "$worker" ] || { kill -KILL "$worker" && nap; }
	tree
fi
end

told 'a second start'
begin "$@"
begin "$@"
launches=$((launches - 1))
tree
cat "$pidfile"
end
for stale in 99999 $$ 20 garbage 1; do
	told "a pid file is there: $stale"
	echo "$stale" >"$pidfile"
	begin "$@"
	tree
	end
done

told 'killed, then started'
begin "$@"
for one in $(ps -e -o pid=); do
	[ "$one" -eq 1 ] || [ "$one" -eq $$ ] || kill -KILL "$one" 2>/dev/null
done
begin "$@"
launches=$((launches - 1))
tree
end

told 'ten restarts'
begin "$@"
for round in 1 2 3 4 5 6 7 8 9 10; do
	alive && kill "$pid" && nap
	begin "$@"
	launches=$((launches - 1))
done
alive && kill "$pid" && nap
tree
end

printf '\n%s launches\n' "$launches"
