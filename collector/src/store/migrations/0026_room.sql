-- Rows that reports and settling write again and again: PostgreSQL leaves room beside each, so that its next form stands on the same page and no
-- index is written for it. SQLite writes rows where they are.
/* postgres: alter table device set (fillfactor = 85); */
/* postgres: alter table agent set (fillfactor = 70); */
/* postgres: alter table place set (fillfactor = 85); */
/* postgres: alter table fault set (fillfactor = 85); */
/* postgres: alter table school set (fillfactor = 50); */
/* postgres: alter table progress set (fillfactor = 50); */
