-- What is read anew in every round is confirmed by two readings, not by a round that is silent about it.
alter table reading add column was double precision; -- the value before; null: there was none
