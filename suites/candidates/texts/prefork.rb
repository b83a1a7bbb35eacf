# A preforking server: Process.daemon, one listening socket, five workers that accept, INT and QUIT passed on to them.
require "socket"

Process.daemon
server = TCPServer.open("0.0.0.0", 8080)
workers = Array.new(5) do
  fork do
    loop do
      connection = server.accept
      connection.puts "Hello from #{Process.pid}"
      connection.close
    end
  end
end
%i[INT QUIT].each do |name|
  Signal.trap(name) { workers.each { |pid| Process.kill(name, pid) } }
end
Process.waitall
