# The two put together, which the text leaves to its reader: a worker waits for a client and for its pipe at once, so
# that an idle one goes, too.
require "socket"

def self_pipe(names)
  reader, writer = IO.pipe
  names.each { |name| Signal.trap(name) { writer.puts name } }
  reader
end

def serve(client)
  client.puts "Hello from #{Process.pid}"
  client.gets
  client.puts "Goodbye from #{Process.pid}"
  client.close
end

def work(server)
  told = self_pipe(%i[INT QUIT])
  loop do
    ready, = IO.select([server, told])
    exit if ready.include?(told)
    client = server.accept_nonblock(exception: false)
    serve(client) unless client == :wait_readable
  end
end

Process.daemon
server = TCPServer.open("0.0.0.0", 8080)
told = self_pipe(%i[INT QUIT])
workers = Array.new(5) { fork { work(server) } }
name = told.gets.chomp
workers.each { |pid| Process.kill(name, pid) }
Process.waitall
