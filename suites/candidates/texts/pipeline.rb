# git log | grep shipped | less, started by what returns: three processes in the caller's own process group, or with the
# argument "group" in one of their own, which is how a shell with job control starts each pipeline.
first, second = IO.pipe, IO.pipe
own = ARGV == ["group"] ? { pgroup: 0 } : {}
log = spawn("sleep", "infinity", in: "/dev/null", out: first[1], err: "/dev/null", **own)
own = { pgroup: log } if ARGV == ["group"]
spawn("grep", "shipped", in: first[0], out: second[1], err: "/dev/null", **own)
spawn("cat", in: second[0], out: "/dev/null", err: "/dev/null", **own)
