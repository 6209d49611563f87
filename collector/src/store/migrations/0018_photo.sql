-- Photos of faults, made anew from the pixels that were sent. Writer: admin; retention takes them away some time after their fault is over.
create table fault_photo (
    photo_id bigint not null primary key, -- id
    fault_id bigint not null, -- of which fault
    at bigint not null, -- when it was sent
    by_whom text not null, -- account's login
    said text not null, -- free text that came with it
    width bigint not null, -- pixels
    height bigint not null, -- pixels
    small_width bigint not null, -- pixels of the small one
    small_height bigint not null, -- pixels of the small one
    body bytes not null, -- JPEG
    small bytes not null -- JPEG, as a page shows it
) /* strict */;
create index fault_photo_fault on fault_photo (fault_id, photo_id);
