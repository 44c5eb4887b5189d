-- The simulated company: a retailer of household appliances whose customers are known to many silos and owned by none.
--
--   psql -v customers=5000 -v seed=42 -f demo/company.sql
--
-- customers   how many customers to simulate (default 5,000; about 20 touches each)
-- seed        another number gives another company (default 42)
--
-- The same two numbers give the same rows on every run, machine and PostgreSQL version, and customer 17 is the same person
-- among 200 customers and among 200,000.  Both hold because nothing here calls random(): every draw is a hash of (who, what
-- for, which one, seed).  Time runs from 2025-01-01 to 2026-06-30, all in UTC.
--
-- What happens to a customer, in the order of this script:
--   1. joins, with traits: how active, how likely to use the app, on a care plan or not, in which region;
--   2. orders on the web, in the app or in a store; deliveries may be late, more often in the east and in December;
--   3. on a care plan, gets a bill every quarter, which may be wrong or stay unpaid;
--   4. has cases: asks the contact centre, is handed over between teams, waits, is sent back, is forgotten;
--   5. leaves.  Everybody may, but a late delivery, a forgotten hand-over, a case without solution or too many teams
--      each add a chance of their own: the causes that an analysis should find again.  Customers on a care plan cancel
--      (some are won back); the others just stop, and no table of the company says so: company.truth knows;
--   6. in between, browses the shop, reads help pages, visits stores and answers surveys.
--
-- Each silo has a table of its own with names of its own, as in real life; the view company.touch brings them together.

\set ON_ERROR_STOP on
\if :{?customers} \else \set customers 5000 \endif
\if :{?seed} \else \set seed 42 \endif

SET client_min_messages = warning;
SET jit = off;                  -- compiling takes longer than the queries
SET TimeZone = 'UTC';
DROP SCHEMA IF EXISTS company CASCADE;
CREATE SCHEMA company;
COMMENT ON SCHEMA company IS 'A simulated retailer of household appliances; see demo/README.md';

-----------------------------------------------------------------------------------------------------------------------
-- Chance and time
-----------------------------------------------------------------------------------------------------------------------

CREATE FUNCTION company.u(who bigint, what text, nth int DEFAULT 0) RETURNS float8
IMMUTABLE PARALLEL SAFE
RETURN ((hashint8extended(who, hashtextextended(what COLLATE "C", :seed) # nth) >> 12) & 4503599627370495)
       / 4503599627370496.0::float8;
COMMENT ON FUNCTION company.u IS 'A number in [0, 1), always the same for the same arguments and seed';

CREATE FUNCTION company.about(median float8, spread float8, u float8) RETURNS float8
IMMUTABLE PARALLEL SAFE
RETURN median * least(power(u / (1 - u), spread), 200);
COMMENT ON FUNCTION company.about IS
'A positive number with a long tail: half are below the median, a tenth above median * 9 ^ spread (log-logistic)';

CREATE FUNCTION company.starts() RETURNS timestamptz IMMUTABLE PARALLEL SAFE RETURN timestamptz '2025-01-01 00:00:00+00';
CREATE FUNCTION company.ends() RETURNS timestamptz IMMUTABLE PARALLEL SAFE RETURN timestamptz '2026-07-01 00:00:00+00';
COMMENT ON FUNCTION company.starts IS 'When the data begin';
COMMENT ON FUNCTION company.ends IS 'When the data end (exclusive); what is still open then is not known';

-- Each hour of the clock, equally likely in the draws below, stands for an hour at which the place is lively.
CREATE FUNCTION company.moment(around timestamptz, place text) RETURNS timestamptz
STABLE PARALLEL SAFE
RETURN date_trunc('second', around)
       + (CASE place
            WHEN 'online' THEN '{0,6,7,8,9,10,11,12,12,13,14,15,16,17,18,18,19,19,20,20,20,21,21,22}'::int[]
            WHEN 'desk'   THEN '{8,8,8,9,9,9,9,10,10,10,11,11,12,13,13,14,14,15,15,16,16,17,18,19}'::int[]
            WHEN 'store'  THEN '{9,10,10,11,11,11,12,12,12,13,13,14,14,15,15,15,16,16,16,17,17,17,18,18}'::int[]
          END)[1 + extract(hour FROM around)::int] * interval '1 hour'
       - extract(hour FROM around)::int * interval '1 hour'
       + CASE WHEN place <> 'online' AND extract(isodow FROM around) = 7 THEN interval '1 day' ELSE interval '0' END;
COMMENT ON FUNCTION company.moment IS
'That day, at an hour at which people are at the place (online: evenings, desk: mornings, store: all day; desk and store are closed on Sundays: then Monday)';

-- What a team does for a waiting customer it does from 8 to 18 o'clock and not on Sundays; the night's queue is worked off until 10.
CREATE FUNCTION company.working(at timestamptz) RETURNS timestamptz
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    day timestamptz := date_trunc('day', at);
    clock interval := at - day;
BEGIN
    IF clock < interval '8 hours' THEN
        clock := interval '8 hours' + clock / 8;
    ELSIF clock >= interval '18 hours' THEN
        day := day + interval '1 day';
        clock := interval '8 hours' + (clock - interval '18 hours') / 6;
    END IF;
    IF extract(isodow FROM day) = 7 THEN
        day := day + interval '1 day';
    END IF;
    RETURN date_trunc('second', day + clock);
END
$$;
COMMENT ON FUNCTION company.working IS 'The first moment from "at" on at which a team would get to it';

-----------------------------------------------------------------------------------------------------------------------
-- The company: teams and channels
-----------------------------------------------------------------------------------------------------------------------

CREATE TABLE company.team (
    team        text PRIMARY KEY,
    department  text NOT NULL,
    description text NOT NULL
);
COMMENT ON TABLE company.team IS 'Teams that customers meet, whether they notice or not';
INSERT INTO company.team VALUES
    ('marketing', 'Marketing',  'advertising and newsletters'),
    ('ecommerce', 'Sales',      'the web shop'),
    ('app',       'Product',    'the app'),
    ('stores',    'Sales',      'the shops in town'),
    ('logistics', 'Operations', 'warehouse and delivery'),
    ('care',      'Service',    'first line of the contact centre'),
    ('repairs',   'Service',    'technicians and spare parts'),
    ('returns',   'Operations', 'goods that come back, refunds'),
    ('billing',   'Finance',    'invoices, payments, reminders'),
    ('retention', 'Marketing',  'customers who want to cancel'),
    ('insight',   'Marketing',  'surveys');

CREATE TABLE company.channel (
    channel  text PRIMARY KEY,
    assisted boolean NOT NULL
);
COMMENT ON TABLE company.channel IS 'Where customers and company meet; assisted: a person helps';
INSERT INTO company.channel VALUES
    ('web', false), ('app', false), ('store', true), ('voice', true), ('chat', true), ('email', true), ('courier', true), ('post', false);

-- Who solves what the first line cannot, how often a case is forgotten on its way there, and how long the team takes to get to it.
CREATE TEMP TABLE desk (reason text PRIMARY KEY, solves text, first_line float8, forgotten float8, wait_hours float8);
INSERT INTO desk VALUES
    ('delivery', 'logistics', 0.42, 0.22,  9),
    ('product',  'repairs',   0.30, 0.10, 30),
    ('returns',  'returns',   0.62, 0.08, 14),
    ('billing',  'billing',   0.40, 0.13, 20),
    ('account',  'billing',   0.90, 0.05, 12);

-----------------------------------------------------------------------------------------------------------------------
-- 1. Customers
-----------------------------------------------------------------------------------------------------------------------

CREATE TABLE company.customer (
    customer_id bigint PRIMARY KEY,
    card_no     text NOT NULL,          -- what stores know a customer by
    joined_at   timestamptz NOT NULL,
    segment     text NOT NULL,          -- private, family, business
    region      text NOT NULL,          -- north, south, east, west
    has_app     boolean NOT NULL,
    care_plan   boolean NOT NULL        -- pays a quarterly fee and cancels rather than just stopping
);
COMMENT ON TABLE company.customer IS 'Customers; some joined before the data begin';

INSERT INTO company.customer
SELECT id, 'L' || lpad(id::text, 8, '0'), company.moment(joined, 'online'),
       CASE WHEN company.u(id, 'segment') < 0.62 THEN 'private' WHEN company.u(id, 'segment') < 0.88 THEN 'family' ELSE 'business' END,
       CASE floor(company.u(id, 'region') * 10) WHEN 0 THEN 'north' WHEN 1 THEN 'north' WHEN 2 THEN 'south' WHEN 3 THEN 'south'
            WHEN 4 THEN 'south' WHEN 5 THEN 'east' WHEN 6 THEN 'east' ELSE 'west' END,
       company.u(id, 'has app') < 0.38,
       company.u(id, 'care plan') < 0.55
FROM (SELECT id, CASE WHEN company.u(id, 'old customer') < 0.55
                      THEN company.starts() - company.u(id, 'joined') * interval '1400 days'
                      ELSE company.starts() + company.u(id, 'joined') * interval '530 days' END AS joined
      FROM generate_series(1, :customers) AS id) AS person;

-- Traits that no table of the company shows: how active somebody is, and from when on there are data.
CREATE TEMP TABLE life AS
SELECT c.*, company.about(1, 0.45, company.u(customer_id, 'activity')) AS activity,
       greatest(joined_at, company.starts()) AS visible_from,
       extract(epoch FROM company.ends() - greatest(joined_at, company.starts())) / 86400 AS days
FROM company.customer c;
ANALYZE life;

-----------------------------------------------------------------------------------------------------------------------
-- 2. Orders and deliveries, as they would be if nobody left
-----------------------------------------------------------------------------------------------------------------------

-- Who joins, joins with an order (number 0); later ones come at random, most of them before Christmas.  (MATERIALIZED here and
-- below: each draw is computed once, not again for every use of its name.)
CREATE TEMP TABLE planned_order AS
WITH draw AS MATERIALIZED (
    SELECT customer_id, region, care_plan, n,
           CASE WHEN n = 0 THEN joined_at
                ELSE visible_from + company.u(customer_id, 'ordered', n) * days * interval '1 day' END AS around,
           CASE WHEN company.u(customer_id, 'sold in', n) < 0.25 THEN 'store'
                WHEN company.u(customer_id, 'sold in', n) < 0.65 AND has_app THEN 'app' ELSE 'web' END AS sold_in
    FROM life
    CROSS JOIN generate_series(CASE WHEN joined_at >= company.starts() THEN 0 ELSE 1 END,
                               least(99, floor(activity * days * 0.0030 + company.u(customer_id, 'orders')))::int) AS n
), placed AS MATERIALIZED (
    SELECT customer_id, region, care_plan, n, sold_in,
           CASE WHEN sold_in = 'store' THEN company.moment(around, 'store') WHEN n = 0 THEN around
                ELSE company.moment(around, 'online') END AS ordered_at,
           sold_in <> 'store' OR company.u(customer_id, 'to be delivered', n) < 0.3 AS to_deliver
    FROM draw
    WHERE n = 0 OR company.u(customer_id, 'season', n) < CASE WHEN extract(month FROM around) >= 11 THEN 1 ELSE 0.65 END
)
SELECT customer_id * 100 + n AS order_id, customer_id, region, care_plan, ordered_at, sold_in,
       round(company.about(89, 0.45, company.u(customer_id, 'amount', n))::numeric, 2) AS amount,
       CASE WHEN to_deliver THEN date_trunc('day', ordered_at) + interval '5 days' END AS promised_by,
       CASE WHEN to_deliver THEN
            company.working(ordered_at + interval '1 day'
                * company.about(CASE region WHEN 'east' THEN 3.1 ELSE 2.3 END
                                * CASE WHEN extract(month FROM ordered_at) = 12 THEN 1.25 ELSE 1 END,
                                0.3, company.u(customer_id, 'delivery', n))) END AS delivered_at
FROM placed
WHERE ordered_at < company.ends();
ANALYZE planned_order;

-----------------------------------------------------------------------------------------------------------------------
-- 3. Bills of the care plan
-----------------------------------------------------------------------------------------------------------------------

CREATE TEMP TABLE planned_invoice AS
SELECT customer_id * 100 + n AS invoice_id, customer_id, issued_at, wrong,
       CASE segment WHEN 'business' THEN 89.00 WHEN 'family' THEN 44.90 ELSE 29.90 END
       * CASE WHEN wrong THEN 2 ELSE 1 END AS amount,
       CASE WHEN company.u(customer_id, 'never pays', n) < 0.012 THEN NULL
            ELSE company.moment(issued_at + least(company.about(7, 0.5, company.u(customer_id, 'pays', n)), 80) * interval '1 day', 'online')
       END AS paid_at
FROM (SELECT customer_id, segment, n, company.u(customer_id, 'wrong bill', n) < 0.05 AS wrong,
             quarter + interval '6 hours' + floor(company.u(customer_id, 'bill run') * 7200) * interval '1 second' AS issued_at
      FROM life
      CROSS JOIN generate_series(0, 5) AS n
      CROSS JOIN LATERAL (SELECT company.starts() + n * interval '3 months' AS quarter) q
      WHERE care_plan AND joined_at < quarter) bill;
ANALYZE planned_invoice;

-----------------------------------------------------------------------------------------------------------------------
-- 4. Cases, and the contacts they consist of
-----------------------------------------------------------------------------------------------------------------------

-- case_id = customer, where it comes from, which one; so that it does not depend on anybody else's cases.
CREATE TEMP TABLE planned_case AS
WITH question AS MATERIALIZED (
    SELECT order_id * 10 + 1 AS case_id, customer_id, 'delivery' AS reason,
           promised_by + company.about(1.2, 0.5, company.u(order_id, 'asks where')) * interval '1 day' AS around
    FROM planned_order
    WHERE delivered_at > promised_by + interval '1 day' AND company.u(order_id, 'complains about delay') < 0.6
    UNION ALL
    SELECT order_id * 10 + 2, customer_id, 'product',
           coalesce(delivered_at, ordered_at) + company.about(14, 0.7, company.u(order_id, 'breaks after')) * interval '1 day'
    FROM planned_order WHERE company.u(order_id, 'breaks') < 0.13
    UNION ALL
    SELECT order_id * 10 + 3, customer_id, 'returns',
           coalesce(delivered_at, ordered_at) + company.about(5, 0.4, company.u(order_id, 'returned after')) * interval '1 day'
    FROM planned_order WHERE company.u(order_id, 'returned') < 0.08
    UNION ALL
    SELECT invoice_id * 10 + 4, customer_id, 'billing',
           issued_at + company.about(5, 0.5, company.u(invoice_id, 'notices after')) * interval '1 day'
    FROM planned_invoice WHERE company.u(invoice_id, 'asks about bill') < CASE WHEN wrong THEN 0.85 ELSE 0.03 END
    UNION ALL
    SELECT (customer_id * 100 + n) * 10 + 5, customer_id, 'account',
           visible_from + company.u(customer_id, 'account question at', n) * days * interval '1 day'
    FROM life
    CROSS JOIN generate_series(1, least(99, floor(activity * days * 0.0007 + company.u(customer_id, 'account questions')))::int) AS n
), reached AS MATERIALIZED (
    SELECT case_id, customer_id, reason, around,
           CASE WHEN company.u(case_id, 'medium') < 0.47 THEN 'voice' WHEN company.u(case_id, 'medium') < 0.70 THEN 'chat'
                WHEN company.u(case_id, 'medium') < 0.90 THEN 'email' ELSE 'store' END AS medium
    FROM question WHERE around < company.ends()
)
SELECT case_id, customer_id, reason, medium,
       company.moment(around, CASE medium WHEN 'store' THEN 'store' ELSE 'desk' END) AS opened_at
FROM reached;
ANALYZE planned_case;

-- One contact after the other.  The first line asks, solves or hands over; a hand-over may be forgotten, then the customer may
-- chase it or give up; the team that takes over solves, sends back, passes on, or closes without a solution.
CREATE TEMP TABLE planned_contact AS
WITH RECURSIVE contact AS (
    SELECT c.case_id, 1 AS leg, c.customer_id, c.reason, c.opened_at AS at, c.medium,
           CASE c.medium WHEN 'store' THEN 'stores' ELSE 'care' END AS team, 'asked' AS step,
           company.about(6, 0.4, company.u(case_id, 'talk', 1)) * interval '1 minute' AS handled,
           o.outcome, o.to_team
    FROM planned_case c
    JOIN desk d USING (reason)
    CROSS JOIN LATERAL (SELECT CASE WHEN company.u(case_id, 'outcome', 1) < d.first_line THEN 'solved'
                                    WHEN company.u(case_id, 'forgotten', 1) < d.forgotten THEN 'forgotten'
                                    ELSE 'handed over' END AS outcome, d.solves AS to_team) o
    UNION ALL
    SELECT case_id, leg, customer_id, reason, at, medium, team, step, handled,
           -- what comes of it; everything ends with the seventh contact
           CASE WHEN leg = 7 THEN CASE WHEN company.u(case_id, 'last', leg) < 0.5 THEN 'solved' ELSE 'closed' END
                WHEN team = 'care' AND reason <> 'account' THEN
                     CASE WHEN company.u(case_id, 'outcome', leg) < 0.25 THEN 'solved'
                          WHEN company.u(case_id, 'forgotten', leg) < forgotten THEN 'forgotten'
                          ELSE 'handed over' END
                WHEN company.u(case_id, 'outcome', leg) < 0.66 THEN 'solved'
                WHEN company.u(case_id, 'outcome', leg) < 0.74 THEN 'closed'
                WHEN company.u(case_id, 'forgotten', leg) < forgotten THEN 'forgotten'
                ELSE 'handed over' END,
           CASE WHEN team = 'care' THEN solves
                WHEN company.u(case_id, 'outcome', leg) < 0.91 THEN 'care'
                ELSE CASE team WHEN 'logistics' THEN 'billing' WHEN 'repairs' THEN 'logistics' WHEN 'billing' THEN 'logistics'
                               ELSE 'billing' END END
    FROM (SELECT p.case_id, p.leg + 1 AS leg, p.customer_id, p.reason, d.forgotten, d.solves,
                 CASE p.outcome
                   WHEN 'handed over' THEN company.working(p.at + p.handled
                        + company.about(d.wait_hours, 0.6, company.u(p.case_id, 'wait', p.leg)) * interval '1 hour')
                   ELSE company.moment(p.at + company.about(5, 0.4, company.u(p.case_id, 'patience', p.leg)) * interval '1 day'
                        + company.u(p.case_id, 'clock', p.leg) * interval '1 day', 'desk')
                 END AS at,
                 CASE WHEN p.outcome = 'forgotten' OR company.u(p.case_id, 'reached by', p.leg) < 0.55 THEN 'voice' ELSE 'email' END AS medium,
                 CASE p.outcome WHEN 'handed over' THEN p.to_team ELSE 'care' END AS team,
                 CASE WHEN p.outcome <> 'handed over' THEN 'chased' WHEN p.to_team = 'care' THEN 'sent_back' ELSE 'taken_over' END AS step,
                 company.about(9, 0.5, company.u(p.case_id, 'talk', p.leg + 1)) * interval '1 minute' AS handled
          FROM contact p
          JOIN desk d USING (reason)
          WHERE p.leg < 7
            AND (p.outcome = 'handed over' OR (p.outcome = 'forgotten' AND company.u(p.case_id, 'chases', p.leg) < 0.6))) AS next
)
SELECT case_id * 10 + leg AS contact_id, case_id, leg, customer_id, reason, at, medium, team, step,
       date_trunc('second', handled) AS handled, outcome, CASE WHEN outcome IN ('handed over', 'forgotten') THEN to_team END AS to_team
FROM contact
WHERE at < company.ends();
ANALYZE planned_contact;

-----------------------------------------------------------------------------------------------------------------------
-- 5. Leaving: the earliest of many possible reasons
-----------------------------------------------------------------------------------------------------------------------

CREATE TEMP TABLE wish AS
SELECT DISTINCT ON (customer_id) customer_id, company.moment(at, 'online') AS at, cause
FROM (SELECT customer_id, 'no need any more' AS cause,
             visible_from + -ln(1 - company.u(customer_id, 'no need')) * 4500 * interval '1 day' AS at
      FROM life
      UNION ALL
      SELECT customer_id, 'late delivery', delivered_at + company.about(25, 0.5, company.u(order_id, 'leaves late')) * interval '1 day'
      FROM planned_order
      WHERE delivered_at > promised_by + interval '1 day' AND company.u(order_id, 'leaves over delay') < 0.14
      UNION ALL
      SELECT customer_id, 'forgotten hand-over', at + company.about(18, 0.5, company.u(contact_id, 'leaves forgotten')) * interval '1 day'
      FROM planned_contact WHERE outcome = 'forgotten' AND company.u(contact_id, 'leaves over forgotten') < 0.34
      UNION ALL
      SELECT customer_id, 'case without solution', at + company.about(16, 0.5, company.u(contact_id, 'leaves unsolved')) * interval '1 day'
      FROM planned_contact WHERE outcome = 'closed' AND company.u(contact_id, 'leaves over unsolved') < 0.45
      UNION ALL
      SELECT customer_id, 'sent from team to team', at + company.about(20, 0.5, company.u(contact_id, 'leaves sent around')) * interval '1 day'
      FROM planned_contact WHERE leg = 4 AND company.u(contact_id, 'leaves over sent around') < 0.22
      UNION ALL
      SELECT customer_id, 'unpaid bills', issued_at + interval '75 days'
      FROM planned_invoice WHERE paid_at IS NULL AND company.u(invoice_id, 'leaves unpaid') < 0.5
     ) AS reasons
WHERE at < company.ends()
ORDER BY customer_id, at, cause;

-- On a care plan one has to cancel, and some are won back; the won-back stay (nobody here changes their mind twice).
CREATE TABLE company.cancellation (
    cancellation_id bigint PRIMARY KEY,
    customer_id     bigint NOT NULL,
    asked_at        timestamptz NOT NULL,
    asked_by        text NOT NULL,      -- voice, web, app, email
    decided_at      timestamptz,        -- NULL: not decided when the data end
    kept            boolean,            -- won back
    reason_given    text                -- what the customer says, which is often "other"
);
COMMENT ON TABLE company.cancellation IS 'Silo of the retention team: who asked to cancel the care plan, and what came of it';
INSERT INTO company.cancellation
SELECT customer_id, customer_id, asked_at, asked_by, CASE WHEN decided_at < company.ends() THEN decided_at END,
       CASE WHEN decided_at < company.ends() THEN asked_by = 'voice' AND company.u(customer_id, 'won back') < 0.35 END,
       CASE WHEN company.u(customer_id, 'says why') < 0.45 THEN 'other'
            WHEN cause IN ('late delivery') THEN 'delivery'
            WHEN cause IN ('unpaid bills', 'no need any more') THEN 'price'
            ELSE 'service' END
FROM (SELECT w.customer_id, w.cause, w.at AS asked_at, asked_by,
             CASE asked_by WHEN 'web' THEN w.at + interval '90 seconds' WHEN 'app' THEN w.at + interval '70 seconds'
                  ELSE company.working(w.at + company.about(1.5, 0.5, company.u(customer_id, 'decides')) * interval '1 day') END AS decided_at
      FROM (SELECT w.*, CASE WHEN company.u(customer_id, 'cancels by') < 0.48 THEN 'voice' WHEN company.u(customer_id, 'cancels by') < 0.66 THEN 'email'
                             WHEN has_app THEN 'app' ELSE 'web' END AS asked_by
            FROM wish w JOIN life USING (customer_id) WHERE care_plan) w) asked;

CREATE TABLE company.truth (
    customer_id bigint PRIMARY KEY,
    left_at     timestamptz,
    cause       text
);
COMMENT ON TABLE company.truth IS
'What no real company has: when each customer really left (NULL: still there) and why.  For checking models, not for building them';
INSERT INTO company.truth
SELECT l.customer_id, CASE WHEN l.care_plan THEN c.decided_at ELSE w.at END,
       CASE WHEN NOT l.care_plan OR c.decided_at IS NOT NULL THEN w.cause END
FROM life l
LEFT JOIN company.cancellation c ON c.customer_id = l.customer_id AND NOT c.kept
LEFT JOIN wish w ON w.customer_id = l.customer_id AND (NOT l.care_plan OR c.customer_id IS NOT NULL);

-- Until when there are events; from here on nothing is made up for who has left.
CREATE TEMP TABLE presence AS
SELECT l.*, coalesce(t.left_at, company.ends()) AS until,
       extract(epoch FROM coalesce(t.left_at, company.ends()) - l.visible_from) / 86400 AS days_present
FROM life l JOIN company.truth t USING (customer_id);
CREATE UNIQUE INDEX ON presence (customer_id);
ANALYZE presence;

-----------------------------------------------------------------------------------------------------------------------
-- 6. What the silos recorded
-----------------------------------------------------------------------------------------------------------------------

-- Sales -------------------------------------------------------------------------------------------------------------

CREATE TABLE company.shop_order (
    order_id     bigint PRIMARY KEY,
    customer_id  bigint NOT NULL,
    ordered_at   timestamptz NOT NULL,
    sold_in      text NOT NULL,         -- web, app, store
    category     text NOT NULL,
    amount       numeric(10,2) NOT NULL,
    promised_by  timestamptz,           -- NULL: carried home
    delivered_at timestamptz            -- NULL: carried home, or still on its way when the data end
);
COMMENT ON TABLE company.shop_order IS 'Silo of sales: orders and their deliveries';
INSERT INTO company.shop_order
SELECT order_id, o.customer_id, ordered_at, sold_in,
       ('{kitchen,kitchen,kitchen,laundry,laundry,cooling,coffee,coffee,cleaning,cleaning}'::text[])[1 + floor(company.u(order_id, 'category') * 10)::int],
       amount, promised_by, CASE WHEN delivered_at < company.ends() THEN delivered_at END
FROM planned_order o JOIN presence p USING (customer_id)
WHERE ordered_at < until;

-- Contact centre ----------------------------------------------------------------------------------------------------

CREATE TABLE company.contact (
    contact_id  bigint PRIMARY KEY,
    case_no     bigint NOT NULL,
    customer_no bigint NOT NULL,
    started_at  timestamptz NOT NULL,
    medium      text NOT NULL,          -- voice, chat, email, store
    team        text NOT NULL,          -- who handled this contact
    topic       text NOT NULL,          -- delivery, product, returns, billing, account
    step        text NOT NULL,          -- asked, taken_over, sent_back, chased
    handled_for interval NOT NULL,
    outcome     text NOT NULL,          -- solved, closed (without a solution), handed over
    handed_to   text                    -- with "handed over"; whether that team ever took it, only the next contact tells
);
COMMENT ON TABLE company.contact IS 'Silo of the contact centre: every contact of every case';
INSERT INTO company.contact
SELECT contact_id, case_id, customer_id, at, medium, team, reason, step, handled,
       CASE outcome WHEN 'forgotten' THEN 'handed over' ELSE outcome END, to_team
FROM planned_contact JOIN presence USING (customer_id)
WHERE at < until;

-- Billing -----------------------------------------------------------------------------------------------------------

CREATE TABLE company.invoice (
    invoice_id  bigint PRIMARY KEY,
    debtor      bigint NOT NULL,
    issued_at   timestamptz NOT NULL,
    amount      numeric(10,2) NOT NULL,
    reminded_at timestamptz,
    paid_at     timestamptz
);
COMMENT ON TABLE company.invoice IS 'Silo of finance: quarterly bills of the care plan, one reminder, payments';
INSERT INTO company.invoice
SELECT invoice_id, customer_id, issued_at, amount,
       CASE WHEN issued_at + interval '17 days' < least(paid_at, company.ends()) THEN issued_at + interval '17 days' END,
       CASE WHEN paid_at < company.ends() THEN paid_at END
FROM planned_invoice JOIN presence USING (customer_id)
WHERE issued_at < until;

-- Web and app -------------------------------------------------------------------------------------------------------

-- Visits: to look around, to order (they end with the order), to read a help page before asking, to see where an order is.
CREATE TEMP TABLE session AS
WITH draw AS MATERIALIZED (
    SELECT (customer_id * 1000 + n) * 10 + 1 AS session_no, customer_id, 'browse' AS purpose, NULL::text AS topic,
           company.moment(visible_from + company.u(customer_id, 'browses at', n) * days_present * interval '1 day', 'online') AS at,
           1 + floor(least(company.about(1.3, 0.55, company.u(customer_id, 'browses on', n)), 9))::int AS steps
    FROM presence
    CROSS JOIN generate_series(1, least(999, floor(activity * days_present * 0.0036 + company.u(customer_id, 'browses')))::int) AS n
    UNION ALL
    SELECT order_id * 100 + 2, customer_id, 'order', sold_in, ordered_at - interval '9 minutes', 4 + (company.u(order_id, 'looks twice') < 0.4)::int
    FROM company.shop_order WHERE sold_in <> 'store'
    UNION ALL
    SELECT case_id * 10 + 3, customer_id, 'help', reason,
           opened_at - company.about(60, 1, company.u(case_id, 'reads before')) * interval '1 minute', 1
    FROM planned_case WHERE company.u(case_id, 'reads') < 0.4
    UNION ALL
    SELECT order_id * 100 + 4, customer_id, 'status', NULL,
           least(delivered_at, promised_by + company.u(order_id, 'looks where') * interval '2 days') - interval '3 hours', 1
    FROM company.shop_order WHERE company.u(order_id, 'looks') < CASE WHEN delivered_at > promised_by THEN 0.7 ELSE 0.25 END
)
SELECT d.session_no, d.customer_id, purpose, topic, date_trunc('second', d.at) AS at, steps,
       CASE WHEN purpose = 'order' THEN topic WHEN has_app AND company.u(session_no, 'where') < 0.6 THEN 'app' ELSE 'web' END AS place,
       CASE WHEN company.u(session_no, 'source') < 0.22 THEN 'ad' WHEN company.u(session_no, 'source') < 0.52 THEN 'search'
            WHEN company.u(session_no, 'source') < 0.66 THEN 'newsletter' ELSE 'direct' END AS source
FROM draw d JOIN presence p USING (customer_id)
WHERE d.at >= greatest(visible_from - interval '10 minutes', company.starts()) AND d.at < until;

CREATE TEMP TABLE page_view AS
WITH step AS MATERIALIZED (
    SELECT s.*, step, company.u(session_no, 'page', step) AS u
    FROM session s CROSS JOIN generate_series(1, steps) AS step
)
SELECT session_no * 20 + step AS event_id, session_no, customer_id, place, source,
       at + floor((step - 1 + company.u(session_no, 'pause', step)) * 110) * interval '1 second' AS at,
       CASE purpose
         WHEN 'help' THEN 'help/' || topic
         WHEN 'status' THEN 'order/status'
         WHEN 'order' THEN CASE steps - step WHEN 0 THEN 'checkout' WHEN 1 THEN 'basket' ELSE
                           CASE WHEN step = 1 THEN 'home' ELSE 'product' END END
         ELSE CASE WHEN step = 1 THEN 'home'
                   WHEN step = 2 THEN CASE WHEN u < 0.55 THEN 'search' ELSE 'product' END
                   ELSE CASE WHEN u < 0.55 THEN 'product' WHEN u < 0.8 THEN 'search' ELSE 'basket' END END
       END AS page
FROM step;

CREATE TABLE company.page (
    page       text PRIMARY KEY,
    touchpoint text NOT NULL,
    web_team   text,                    -- NULL: nobody feels responsible
    app_team   text
);
COMMENT ON TABLE company.page IS 'What the pages of the web shop and the screens of the app mean, and whose they are';
INSERT INTO company.page VALUES
    ('home', 'visit', 'marketing', 'marketing'),
    ('search', 'shop.search', 'ecommerce', 'app'),
    ('product', 'shop.product', 'ecommerce', 'app'),
    ('basket', 'shop.basket', 'ecommerce', 'app'),
    ('checkout', 'shop.checkout', 'ecommerce', 'app'),
    ('order/status', 'delivery.status', 'logistics', 'app'),
    ('help/delivery', 'help.delivery', NULL, NULL),
    ('help/product', 'help.product', NULL, NULL),
    ('help/returns', 'help.returns', NULL, NULL),
    ('help/billing', 'help.billing', NULL, NULL),
    ('help/account', 'help.account', NULL, NULL);

CREATE TABLE company.web_event (
    event_id   bigint PRIMARY KEY,
    session_no bigint NOT NULL,
    user_id    bigint NOT NULL,
    viewed_at  timestamptz NOT NULL,
    page       text NOT NULL,
    source     text NOT NULL,           -- what brought the visitor: ad, search, newsletter, direct
    device     text NOT NULL            -- phone, desktop
);
COMMENT ON TABLE company.web_event IS 'Silo of the web shop: page views of known visitors';
INSERT INTO company.web_event
SELECT event_id, session_no, customer_id, at, page, source, CASE WHEN company.u(session_no, 'device') < 0.58 THEN 'phone' ELSE 'desktop' END
FROM page_view WHERE place = 'web';

CREATE TABLE company.app_event (
    event_id    bigint PRIMARY KEY,
    account     bigint NOT NULL,
    occurred_at timestamptz NOT NULL,
    screen      text NOT NULL,
    os          text NOT NULL           -- android, ios
);
COMMENT ON TABLE company.app_event IS 'Silo of the app: screens seen';
INSERT INTO company.app_event
SELECT event_id, customer_id, at, page, CASE WHEN company.u(customer_id, 'os') < 0.55 THEN 'android' ELSE 'ios' END
FROM page_view WHERE place = 'app';

-- Stores ------------------------------------------------------------------------------------------------------------

CREATE TABLE company.store_visit (
    visit_id   bigint PRIMARY KEY,
    card_no    text NOT NULL,
    entered_at timestamptz NOT NULL,
    minutes    int NOT NULL,
    store      text NOT NULL,
    purpose    text NOT NULL            -- buy, advice
);
COMMENT ON TABLE company.store_visit IS 'Silo of the stores: visits of customers who show their card';
INSERT INTO company.store_visit
SELECT visit_id, card_no, at, 3 + least(company.about(14, 0.4, company.u(visit_id, 'stays')), 120)::int,
       region || ' ' || (1 + floor(company.u(visit_id, 'store') * 3))::int, purpose
FROM (SELECT order_id * 10 + 1 AS visit_id, customer_id, ordered_at - interval '16 minutes' AS at, 'buy' AS purpose
      FROM company.shop_order WHERE sold_in = 'store'
      UNION ALL
      SELECT (customer_id * 100 + n) * 10 + 2, customer_id,
             company.moment(visible_from + company.u(customer_id, 'advised at', n) * days_present * interval '1 day', 'store'), 'advice'
      FROM presence
      CROSS JOIN generate_series(1, least(99, floor(activity * days_present * 0.0008 + company.u(customer_id, 'advice')))::int) AS n) visit
JOIN presence USING (customer_id)
WHERE at < until;

-- Surveys -----------------------------------------------------------------------------------------------------------

CREATE TABLE company.survey_response (
    response_id bigint PRIMARY KEY,
    respondent  bigint NOT NULL,
    answered_at timestamptz NOT NULL,
    survey      text NOT NULL,          -- case, delivery, relationship
    about       bigint,                 -- the case or the order
    score       int NOT NULL CHECK (score BETWEEN 0 AND 10)
);
COMMENT ON TABLE company.survey_response IS
'Silo of market research: "How likely are you to recommend us?", 0 to 10, after cases and deliveries, and to everybody each March and September';
INSERT INTO company.survey_response
WITH trouble AS MATERIALIZED (  -- what makes customers less happy, and by how much
    SELECT customer_id, delivered_at AS at, 1.3 AS weight FROM planned_order WHERE delivered_at > promised_by
    UNION ALL
    SELECT customer_id, at, CASE outcome WHEN 'closed' THEN 2.4 WHEN 'forgotten' THEN 2.0 ELSE 0.4 END
    FROM planned_contact WHERE outcome <> 'solved'
), asked AS MATERIALIZED (
    SELECT case_id * 10 + 1 AS response_id, customer_id, max(at + handled) AS at, 'case' AS survey, case_id AS about,
           8.6 - 0.7 * (count(*) - 1) - 3.0 * bool_or(outcome = 'closed')::int - 2.0 * bool_or(outcome = 'forgotten')::int AS mood
    FROM planned_contact GROUP BY case_id, customer_id
    HAVING company.u(case_id, 'answers') < 0.28
    UNION ALL
    SELECT order_id * 100 + 2, customer_id, delivered_at, 'delivery', order_id,
           8.9 - CASE WHEN delivered_at > promised_by THEN 2.5 + 0.3 * extract(epoch FROM delivered_at - promised_by) / 86400 ELSE 0 END
    FROM planned_order WHERE delivered_at < company.ends() AND company.u(order_id, 'answers') < 0.12
    UNION ALL
    SELECT p.customer_id * 10000 + wave * 100 + 3, p.customer_id, sent, 'relationship', NULL, 8.5 - coalesce(sum(weight), 0)
    FROM (SELECT customer_id, visible_from, wave, timestamptz '2025-03-03 09:00+00' + wave * interval '6 months' AS sent
          FROM presence CROSS JOIN generate_series(0, 2) AS wave
          WHERE company.u(customer_id, 'answers wave', wave) < 0.14) p
    LEFT JOIN trouble t ON t.customer_id = p.customer_id AND t.at < sent
    WHERE visible_from < sent - interval '30 days'
    GROUP BY p.customer_id, wave, sent
)
SELECT response_id, customer_id, answered_at, survey, about,
       greatest(0, least(10, round(mood + 2.6 * (company.u(response_id, 'mood', 1) + company.u(response_id, 'mood', 2) - 1))))::int
FROM (SELECT *, company.moment(at + (1 + least(company.about(1, 0.6, company.u(response_id, 'answers after')), 20)) * interval '1 day',
                               'online') AS answered_at
      FROM asked OFFSET 0) a
JOIN presence USING (customer_id)
WHERE answered_at < until;

-----------------------------------------------------------------------------------------------------------------------
-- All silos together
-----------------------------------------------------------------------------------------------------------------------

-- ref is unique over all silos: the number of the silo and its own key.
CREATE VIEW company.touch AS
SELECT user_id AS customer_id, viewed_at AS at,
       CASE e.page WHEN 'home' THEN p.touchpoint || '.' || source ELSE p.touchpoint END AS touchpoint,
       'web' AS channel, p.web_team AS team, NULL::float8 AS value, NULL::interval AS lasted,
       100000000000000 + event_id AS ref, jsonb_build_object('device', device) AS attrs
FROM company.web_event e JOIN company.page p USING (page)
UNION ALL
SELECT account, occurred_at, CASE p.page WHEN 'home' THEN 'visit.app' ELSE p.touchpoint END, 'app', p.app_team, NULL, NULL,
       200000000000000 + event_id, jsonb_build_object('device', os)
FROM company.app_event e JOIN company.page p ON p.page = e.screen
UNION ALL
SELECT customer_id, ordered_at, 'order.placed', sold_in, CASE sold_in WHEN 'web' THEN 'ecommerce' WHEN 'app' THEN 'app' ELSE 'stores' END,
       amount, NULL, 300000000000000 + order_id * 10, jsonb_build_object('category', category)
FROM company.shop_order
UNION ALL
SELECT customer_id, promised_by, 'delivery.delayed', 'email', 'logistics', NULL, NULL, 300000000000000 + order_id * 10 + 1, NULL
FROM company.shop_order WHERE delivered_at > promised_by
UNION ALL
SELECT customer_id, delivered_at, 'delivery.arrived', 'courier', 'logistics', NULL, NULL, 300000000000000 + order_id * 10 + 2,
       jsonb_build_object('late', delivered_at > promised_by)
FROM company.shop_order WHERE delivered_at IS NOT NULL
UNION ALL
SELECT customer_no, started_at, 'support.' || topic || '.' || step, medium, team, NULL, handled_for, 400000000000000 + contact_id * 10,
       jsonb_build_object('case', case_no)
FROM company.contact
UNION ALL
SELECT customer_no, started_at + handled_for, 'support.' || topic || '.solved', medium, team, NULL, NULL, 400000000000000 + contact_id * 10 + 1,
       jsonb_build_object('case', case_no)
FROM company.contact WHERE outcome = 'solved'
UNION ALL
SELECT customer_id, entered_at, 'store.visit', 'store', 'stores', NULL, minutes * interval '1 minute', 500000000000000 + visit_id,
       jsonb_build_object('purpose', purpose)
FROM company.store_visit JOIN company.customer USING (card_no)
UNION ALL
SELECT respondent, answered_at, 'survey.' || survey, 'email', 'insight', score, NULL, 600000000000000 + response_id, NULL
FROM company.survey_response
UNION ALL
SELECT debtor, issued_at, 'billing.invoice', 'post', 'billing', amount, NULL, 700000000000000 + invoice_id * 10, NULL FROM company.invoice
UNION ALL
SELECT debtor, reminded_at, 'billing.reminder', 'post', 'billing', amount, NULL, 700000000000000 + invoice_id * 10 + 1, NULL
FROM company.invoice WHERE reminded_at IS NOT NULL
UNION ALL
SELECT debtor, paid_at, 'billing.payment', 'web', 'billing', amount, NULL, 700000000000000 + invoice_id * 10 + 2, NULL
FROM company.invoice WHERE paid_at IS NOT NULL
UNION ALL
SELECT customer_id, joined_at, 'account.joined', CASE WHEN has_app THEN 'app' ELSE 'web' END, 'marketing', NULL, NULL, 800000000000000 + customer_id * 10, NULL
FROM company.customer WHERE joined_at >= company.starts()
UNION ALL
SELECT customer_id, asked_at, 'account.cancel_asked', asked_by,
       CASE asked_by WHEN 'voice' THEN 'retention' WHEN 'email' THEN 'care' WHEN 'app' THEN 'app' ELSE 'ecommerce' END,
       NULL, NULL, 800000000000000 + customer_id * 10 + 1, NULL
FROM company.cancellation
UNION ALL
SELECT customer_id, decided_at, CASE WHEN kept THEN 'account.kept' ELSE 'account.cancelled' END, asked_by, 'retention', NULL, NULL,
       800000000000000 + customer_id * 10 + 2, NULL
FROM company.cancellation WHERE decided_at IS NOT NULL;
COMMENT ON VIEW company.touch IS 'Every touch of every customer, whichever silo recorded it';

DROP TABLE desk, life, planned_order, planned_invoice, planned_case, planned_contact, wish, presence, session, page_view;
ANALYZE;
