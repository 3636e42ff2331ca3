/*
 * The worker lease: one durable record per worker ID, and processes that issue timestamps only out of a range which
 * that record has granted them before. What must hold: no timestamp is issued twice for the worker.
 *
 * Each option of the loops below is one atomic step. A step that is possible need not be taken, and steps of others
 * may come before it: that is a paused process, a store that is out, a slow network. README.md says what is left out.
 */

/* Bounds. Timestamps are 1 .. TIME-1; reservedUntil is exclusive and at most TIME. */
#ifndef PODS
#define PODS 2        /* pods that want this worker ID; each has its own UID */
#endif
#ifndef HOSTS
#define HOSTS 1       /* pod p runs on host p % HOSTS */
#endif
#ifndef STARTS
#define STARTS 3      /* processes in all: the first of each pod, then restarts of a container */
#endif
#ifndef BOOTS
#define BOOTS 1       /* boots per host: the first, then reboots */
#endif
#ifndef TIME
#define TIME 7
#endif
#ifndef MONO
#define MONO 2        /* ticks of the monotonic clock of one boot */
#endif
#ifndef WRITES
#define WRITES 4      /* writes that land; after that the store is out for good */
#endif
#ifndef RESERVE
#define RESERVE 3     /* how far ahead a holder reserves */
#endif
#define DURATION 1    /* how long a watcher must see the record unchanged, on its own monotonic clock */

/* Rules broken on purpose, one a run (-DMUTANT=...): each must lead to a timestamp that is issued twice. */
#define BLIND_WRITE          1   /* writes do not compare the version */
#define START_AT_WALL_CLOCK  2   /* a successor starts at its wall clock instead of reservedUntil */
#define TRUST_RENEW_TIME     3   /* the lease is over when its renewTime is RESERVE ago: no watching */
#define IGNORE_BOOT_ID       4   /* the early start compares monotonic clocks of different boots */
#define TWIN_STARTS_EARLY    5   /* the early start on the same boot, after a process that may only be paused */
#define ADOPT_UNRECORDED     6   /* a forward step of the wall clock is used before a renewal has recorded it */
#define RELEASE_BEFORE_CLOSE 7   /* the tail is given back while the generator still issues */
#define USE_BEFORE_ACK       8   /* a renewal is used from when it is sent */
#define ASSUME_LANDED        9   /* after an unknown outcome: our holder and generation, so our renewal has landed */
#define ANCHOR_FALLS        10   /* a renewal records a logical time that lags behind the mapping, which so falls */
#ifndef MUTANT
#define MUTANT 0
#endif

/* What must be reachable, one a run (-DWITNESS=...): the run must fail, or the model would say nothing about it. */
#define AFTER_RELEASE     1      /* a successor issues out of the tail given back by one that has issued */
#define AFTER_TAKE_OVER   2      /* a successor from another pod issues after watching one that has issued */
#define AFTER_EARLY_START 3      /* a restarted process issues below the reservedUntil of one that has issued */
#define AFTER_REBOOT      4      /* a process issues after a reboot under one that has issued */
#define PAUSED_HOLDER     5      /* the former holder issues once more after its successor has */
#define LOST_ACK          6      /* a write without an answer turns out to have landed */
#define LATE_WRITE        7      /* a request lands after its sender has given up on it */
#define STEP_ADOPTED      8      /* a holder issues past the mapping of its take, by a renewal that recorded more */
#ifndef WITNESS
#define WITNESS 0
#endif
#define WITNESSED(what, when) assert(WITNESS != what || !(when))

#define MIN(a, b) ((a) < (b) -> (a) : (b))
#define MAX(a, b) ((a) > (b) -> (a) : (b))

typedef Record {
    byte holder;            /* 0: nobody */
    byte generation;
    byte reservedUntil;
    byte bootId;
    byte anchorMono;        /* the mapping: when the monotonic clock of that boot showed anchorMono, ... */
    byte anchorLogical;     /* ... logical time was anchorLogical, and both have run at the same pace since */
    byte version;           /* in a request: the version that it expects */
    byte renewTime          /* the holder's wall clock; nobody reads it but a mutant, so 0 without */
}

mtype:state = { DOWN, STARTING, WATCHING, TAKING, HOLDING };
mtype:call  = { IDLE, WAITING, DONE, UNSURE };  /* UNSURE: refused, failed or timed out, which all mean: read again */

/* What the process of a pod knows, which a crash wipes, and its last request, which may outlive it. */
typedef Pod {
    mtype:state state = DOWN;
    mtype:call call = IDLE;
    Record lease;           /* the record as read or, while holding, as last acknowledged: it issues by this alone */
    byte next;              /* the next free timestamp */
    byte limit;             /* a decision to issue up to here, not yet carried out; 0: none */
    byte watchedSince;
    Record request;
    bool inFlight;          /* the request may land yet, whether or not somebody waits for it */
    byte came               /* for witnesses: how the process came to hold the lease */
}

Record record;              /* the store */
Pod pod[PODS];
byte starts;
byte mono[HOSTS];
byte bootId[HOSTS];
byte watched;               /* any one timestamp, picked at the start: what holds for each holds for all */
bool issued;                /* is the watched timestamp issued? */
byte newestIssuer;          /* for witnesses: the highest generation that has issued */

/* Scratch within one step, hence no part of the state. */
hidden byte wall, start, stamp, n;

#define self     (p + 1)
#define me       pod[p]
#define now      mono[host]
#define mapped(r) (r.anchorLogical + now - r.anchorMono)

inline copy(to, from) {
    to.holder = from.holder;
    to.generation = from.generation;
    to.reservedUntil = from.reservedUntil;
    to.bootId = from.bootId;
    to.anchorMono = from.anchorMono;
    to.anchorLogical = from.anchorLogical;
    to.version = from.version;
    to.renewTime = from.renewTime
}

inline wipe(which) {
    which.holder = 0;
    which.generation = 0;
    which.reservedUntil = 0;
    which.bootId = 0;
    which.anchorMono = 0;
    which.anchorLogical = 0;
    which.version = 0;
    which.renewTime = 0
}

/* Forget a request that nobody asks for any more: fewer states. */
inline drop(q) {
    if
    :: pod[q].inFlight || pod[q].call == WAITING || pod[q].call == DONE || MUTANT == ASSUME_LANDED ||
       (pod[q].call == UNSURE && pod[q].state == TAKING)
    :: else -> wipe(pod[q].request)
    fi
}

inline stop(q) {
    pod[q].state = DOWN;
    pod[q].call = IDLE;
    wipe(pod[q].lease);
    drop(q);
    pod[q].next = 0;
    pod[q].limit = 0;
    pod[q].watchedSince = 0;
    pod[q].came = 0
}

/* Any value: since it was last read, a wall clock may have stepped anywhere. */
inline read_wall_clock() {
    wall = 1;
    do
    :: wall < TIME - RESERVE -> wall++
    :: break
    od
}

inline refuse(q) {
    pod[q].inFlight = false;
    pod[q].call = (pod[q].call == WAITING -> UNSURE : pod[q].call);
    if
    :: MUTANT == ASSUME_LANDED
    :: else -> wipe(pod[q].request)
    fi
}

/* Compare-and-swap. What else was in flight expected the version that is gone now: it is refused. */
inline land() {
    if
    :: record.version < WRITES && (MUTANT == BLIND_WRITE || record.version == me.request.version) ->
        WITNESSED(LATE_WRITE, me.call == IDLE);
        n = record.version + 1;
        copy(record, me.request);
        record.version = n;
        printf("store: version %d: holder %d, generation %d, reservedUntil %d, logical %d when monotonic was %d\n",
            n, record.holder, record.generation, record.reservedUntil, record.anchorLogical, record.anchorMono);
        me.inFlight = false;
        me.call = (me.call == WAITING -> DONE : me.call);
        drop(p);
        n = 0;
        do
        :: n < PODS ->
            if
            :: pod[n].inFlight && MUTANT != BLIND_WRITE -> refuse(n)
            :: else
            fi;
            n++
        :: else -> break
        od
    :: else -> refuse(p)
    fi
}

/* Where may a successor start? At reservedUntil: whoever held the record before issues nothing from there up. Earlier
   only if that process is dead and was of this boot: then it cannot have got further than its mapping is now. */
inline find_start() {
    start = me.lease.reservedUntil;
    if
    :: me.lease.holder != 0 && (me.lease.holder == self || MUTANT == TWIN_STARTS_EARLY) &&
       (me.lease.bootId == bootId[host] || MUTANT == IGNORE_BOOT_ID) &&
       now >= me.lease.anchorMono ->
        start = MIN(start, mapped(me.lease) + 1)
    :: else
    fi;
    if
    :: MUTANT == START_AT_WALL_CLOCK -> start = wall
    :: MUTANT == TRUST_RENEW_TIME && me.lease.holder != 0 && me.lease.holder != self -> start = wall
    :: else
    fi
}

inline send() {
    me.inFlight = true;         /* in place of a former request, which has landed before this one or never does */
    me.call = WAITING;
    if
    :: MUTANT != BLIND_WRITE && me.request.version != record.version -> refuse(p)
    :: else
    fi
}

inline send_take() {
    find_start();
    if
    :: start < TIME ->
        if
        :: WITNESS == 0 || me.lease.generation == 0
        :: else ->
            me.came = (me.lease.holder == 0 -> AFTER_RELEASE : (me.lease.holder != self -> AFTER_TAKE_OVER :
                (me.lease.bootId != bootId[host] -> AFTER_REBOOT :
                (start < me.lease.reservedUntil -> AFTER_EARLY_START : 0))))
        fi;
        me.request.holder = self;
        me.request.generation = me.lease.generation + 1;
        me.request.reservedUntil = MIN(TIME, MAX(start, wall) + RESERVE);
        me.request.bootId = bootId[host];
        me.request.anchorMono = now;
        me.request.anchorLogical = MAX(start, wall);
        me.request.version = me.lease.version;
        me.request.renewTime = (MUTANT == TRUST_RENEW_TIME -> wall : 0);
        me.next = start;
        me.watchedSince = 0;
        wipe(me.lease);
        me.state = TAKING;
        send()
    :: else -> stop(p)          /* the end of the model's time */
    fi
}

inline send_renewal() {
    copy(me.request, me.lease);
    n = MAX(me.next - 1, wall);         /* logical time, a forward step of the wall clock included */
    me.request.reservedUntil = MIN(TIME, MAX(me.lease.reservedUntil, n + RESERVE));
    me.request.anchorMono = now;
    /* The recorded mapping never falls, though logical time may lag behind it: until the acknowledgement this process
       issues by the old mapping, while a successor on this boot would reckon with the new one. */
    me.request.anchorLogical = (MUTANT == ANCHOR_FALLS -> n : MAX(mapped(me.lease), wall));
    me.request.renewTime = (MUTANT == TRUST_RENEW_TIME -> wall : 0);
    if
    :: MUTANT == USE_BEFORE_ACK -> copy(me.lease, me.request)
    :: else
    fi;
    send()
}

/* The generator is closed first: from here on nothing is issued. To wait for the answer would change nothing. */
inline send_release() {
    copy(me.request, me.lease);
    me.request.holder = 0;
    me.request.reservedUntil = me.next;
    printf("holder %d: releases\n", self);
    send();
    if
    :: MUTANT == RELEASE_BEFORE_CLOSE
    :: else -> stop(p)
    fi
}

inline answered() {
    me.call = IDLE;
    drop(p)
}

/* The outcome of a write is open: the record tells. */
inline read_again() {
    if
    :: me.state == TAKING ->
        if
        :: record.holder == me.request.holder && record.generation == me.request.generation &&
           record.reservedUntil == me.request.reservedUntil && record.bootId == me.request.bootId &&
           record.anchorMono == me.request.anchorMono && record.anchorLogical == me.request.anchorLogical ->
            WITNESSED(LOST_ACK, true);
            copy(me.lease, record);
            me.state = HOLDING;
            answered()
        :: else -> stop(p)
        fi
    :: me.state == HOLDING ->
        if
        :: record.holder == self && record.generation == me.lease.generation ->
            if
            :: MUTANT == ASSUME_LANDED ->
                copy(me.lease, me.request);
                me.lease.version = record.version
            :: else ->
                WITNESSED(LOST_ACK, record.version != me.lease.version);
                copy(me.lease, record)
            fi;
            answered()
        :: else -> stop(p)      /* lost to another holder, which is final */
        fi
    fi
}

proctype Worker(byte p; byte host) {
end:
    do
    /* Start: read the record; then decide by it and by the clocks. */
    :: atomic {
        me.state == DOWN && starts < STARTS && (p == 0 || starts > 0) ->      /* pod 0 first: they are alike */
        starts++;
        printf("holder %d: a process starts, monotonic is %d\n", self, now);
        copy(me.lease, record);
        me.state = STARTING
    }
    :: atomic {
        me.state == STARTING ->
        read_wall_clock();
        if
        :: me.lease.holder == 0 || me.lease.holder == self ||
           (MUTANT == TRUST_RENEW_TIME && wall >= me.lease.renewTime + RESERVE) -> send_take()
        :: MUTANT != TRUST_RENEW_TIME && me.lease.holder != 0 && me.lease.holder != self ->
            n = me.lease.version;
            wipe(me.lease);
            me.lease.version = n;
            me.watchedSince = now;
            me.state = WATCHING
        :: else -> stop(p)
        fi
    }
    :: atomic {
        me.state == WATCHING && (record.version != me.lease.version || now - me.watchedSince >= DURATION) ->
        n = me.lease.version;
        copy(me.lease, record);
        if
        :: record.version == n -> read_wall_clock(); send_take()
        :: record.version != n && record.holder == 0 -> me.watchedSince = 0; me.state = STARTING
        :: else -> stop(p)      /* another live process holds the lease */
        fi
    }

    /* Issue: decide by the clock and the acknowledged lease, and carry it out at any later time. Logical time is some
       value up to the mapping, whatever the wall clock shows; all of them are covered by the highest and by issuing
       less than is allowed. */
    :: atomic {
        me.state == HOLDING && me.limit == 0 ->
        n = (MUTANT == ADOPT_UNRECORDED -> TIME : mapped(me.lease));
        me.limit = MIN(n, me.lease.reservedUntil - 1);
        me.limit = (me.limit < me.next -> 0 : me.limit)
    }
    :: atomic {
        me.state == HOLDING && me.limit > 0 ->
        stamp = me.next;
        do
        :: stamp < me.limit -> stamp++
        :: break
        od;
        printf("holder %d, generation %d: issues %d\n", self, me.lease.generation, stamp);
        if
        :: stamp == watched -> assert(!issued); issued = true
        :: else
        fi;
        me.next = stamp + 1;
        me.limit = 0;
        if
        :: WITNESS != 0 ->
            WITNESSED(me.came, newestIssuer > 0 && newestIssuer < me.lease.generation);
            WITNESSED(PAUSED_HOLDER, me.lease.generation < newestIssuer);
            newestIssuer = MAX(newestIssuer, me.lease.generation)
        :: else
        fi
    }

    /* Renew; or stop, which closes the generator before it gives the tail back. */
    :: atomic {
        me.state == HOLDING && me.call == IDLE ->
        read_wall_clock();
        send_renewal()
    }
    :: atomic {
        me.state == HOLDING && me.call == IDLE ->
        send_release()
    }

    /* A request lands, or the process gives up on it: then it may land later, or never. */
    :: atomic { me.inFlight -> land() }
    :: atomic { me.call == WAITING || me.call == DONE -> me.call = UNSURE; drop(p) }

    /* What the process makes of it. */
    :: atomic {
        me.call == DONE ->
        if
        :: me.request.holder == 0 -> stop(p)
        :: else ->
            me.came = (WITNESS == STEP_ADOPTED && me.state == HOLDING &&
                me.request.anchorLogical > mapped(me.lease) -> STEP_ADOPTED : me.came);
            copy(me.lease, me.request);
            me.lease.version++;
            printf("holder %d: acknowledged\n", self);
            me.state = HOLDING;
            answered()
        fi
    }
    :: atomic { me.call == UNSURE -> read_again() }

    /* Crash. One that no start can follow would be the same as a pause for good. */
    :: atomic { me.state != DOWN && starts < STARTS -> printf("holder %d: crashes\n", self); stop(p) }
    od
}

proctype Host(byte host) {
end:
    do
    :: atomic { mono[host] < MONO -> mono[host]++; printf("host %d: monotonic is %d\n", host, mono[host]) }
    :: atomic {
        bootId[host] + HOSTS < HOSTS * BOOTS ->         /* reboot */
        bootId[host] = bootId[host] + HOSTS;
        mono[host] = 0;
        printf("host %d: reboots\n", host);
        n = host;
        do
        :: n < PODS -> stop(n); n = n + HOSTS
        :: else -> break
        od
    }
    od
}

init {
    atomic {
        record.reservedUntil = 1;
        watched = 1;
        do
        :: watched < TIME - 1 -> watched++
        :: break
        od;
        n = 0;
        do
        :: n < HOSTS -> bootId[n] = n; run Host(n); n++
        :: else -> break
        od;
        n = 0;
        do
        :: n < PODS -> run Worker(n, n % HOSTS); n++
        :: else -> break
        od
    }
}
