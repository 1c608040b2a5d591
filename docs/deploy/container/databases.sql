-- The index has a database of its own: it can be thrown away and built again, the gateways' store cannot.
CREATE DATABASE index OWNER corridor;
