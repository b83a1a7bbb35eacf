# The preforking server, second part: INT and QUIT tell a worker to go when it has served its client. The text's ten
# seconds of work are a line that the client sends, so that nothing here depends on time.
require "socket"

Process.daemon
server = TCPServer.open("0.0.0.0", 8080)
workers = Array.new(5) do
  fork do
    going_on = true
    %i[INT QUIT].each { |name| Signal.trap(name) { going_on = false } }
    while going_on
      client = server.accept
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
