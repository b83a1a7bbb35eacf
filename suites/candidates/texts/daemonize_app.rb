# rackup's own way before Ruby had Process.daemon: fork, setsid, fork, /, /dev/null.
exit if fork
Process.setsid
exit if fork
Dir.chdir "/"
$stdin.reopen "/dev/null"
$stdout.reopen "/dev/null", "a"
$stderr.reopen "/dev/null", "a"
sleep
