# What the dante gem does with -d: a fork that the launcher keeps as its child, two more with setsid between them, the
# pid file, umask 0, /dev/null on 0 to 2 and no change of directory. The launcher looks for the pid file and, where the
# process that it names cannot be signalled, sleeps a second, five times at most; then it says what came of it, and ends
# with status 0 whatever it was.
PID_FILE = "/run/dante.pid"

def running?
  Process.kill(0, File.read(PID_FILE).to_i) if File.exist?(PID_FILE)
rescue Errno::ESRCH
  false
end

def run
  exit if fork
  Process.setsid
  exit if fork
  File.write(PID_FILE, "#{Process.pid}\n")
  File.umask 0
  $stdin.reopen "/dev/null"
  $stdout.reopen "/dev/null", "a"
  $stderr.reopen $stdout
  %w[INT TERM].each { |name| Signal.trap(name) { exit } }
  sleep
end

if running?
  puts "Process is already started"
  exit
end
fork { run }
tries = 0
until running? || tries == 5
  sleep 1
  tries += 1
end
puts running? ? "Daemon has started successfully" : "Daemonized process couldn't be started"
