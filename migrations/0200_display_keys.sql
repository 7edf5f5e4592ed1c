-- A display is bound to the key of its screen: who waits to be let in has shown one.
-- Whoever waited without asks again; the code lives for ten minutes anyway.

delete from quanke_device;
alter table quanke_device add column thumbprint text not null collate "C";
