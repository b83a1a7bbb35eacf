# An application for rackup -D.
run ->(_environment) { [200, { "Content-Type" => "text/plain" }, ["ok"]] }
