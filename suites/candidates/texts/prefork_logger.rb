# The preforking server with one Logger that was opened before the workers were forked, so that all share its
# descriptor.
require "logger"
require "socket"

Process.daemon
server = TCPServer.open("0.0.0.0", 8080)
log = Logger.new("/tmp/logger.log")
workers = Array.new(5) do
  fork do
    going_on = true
    %i[INT QUIT].each { |name| Signal.trap(name) { going_on = false } }
    while going_on
      client = server.accept
      log.info "Connection in #{Process.pid}"
      client.puts "Hello from #{Process.pid}"
      client.gets
      client.puts "Goodbye from #{Process.pid}"
      client.close
    end
  end
end
%i[INT QUIT].each do |name|
  Signal.trap(name) { workers.each { |pid| Process.kill(name, pid) } }
end
Process.waitall
log.close
