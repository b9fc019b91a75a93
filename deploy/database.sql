-- Prepares PostgreSQL for AccessGov, as a superuser, with psql 15 or newer. May be repeated: it creates what is missing and sets the rights again.
--   POLICY_DECISION_PASSWORD=... IDENTITY_FEDERATION_PASSWORD=... BREAK_GLASS_PASSWORD=... RECERTIFICATION_PASSWORD=... AUDIT_APPEND_PASSWORD=... AUDIT_SEAL_PASSWORD=... AUDIT_READ_PASSWORD=... psql -v private=0 -f deploy/database.sql "host=... user=postgres dbname=postgres"
-- private=1 says that the whole server is AccessGov's: then the other databases are closed to the services' roles too.
\set ON_ERROR_STOP on
\getenv policy_decision_password POLICY_DECISION_PASSWORD
\getenv identity_federation_password IDENTITY_FEDERATION_PASSWORD
\getenv break_glass_password BREAK_GLASS_PASSWORD
\getenv recertification_password RECERTIFICATION_PASSWORD
\getenv audit_append_password AUDIT_APPEND_PASSWORD
\getenv audit_seal_password AUDIT_SEAL_PASSWORD
\getenv audit_read_password AUDIT_READ_PASSWORD
set client_min_messages = warning;
-- Passwords do not belong in the server's log.
set log_statement = none;
set log_min_error_statement = panic;

select 'create role policy_decision' where not exists (select from pg_roles where rolname = 'policy_decision') \gexec
alter role policy_decision login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password :'policy_decision_password';
select 'create role identity_federation' where not exists (select from pg_roles where rolname = 'identity_federation') \gexec
alter role identity_federation login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password :'identity_federation_password';
select 'create role break_glass' where not exists (select from pg_roles where rolname = 'break_glass') \gexec
alter role break_glass login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password :'break_glass_password';
select 'create role recertification' where not exists (select from pg_roles where rolname = 'recertification') \gexec
alter role recertification login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password :'recertification_password';
-- Audit has three: one adds events, one gives them their places and keeps the keys of sealed fields, one reads.
select format('create role %I', name) from unnest(array['audit_append', 'audit_seal', 'audit_read']) name
where not exists (select from pg_roles where rolname = name) \gexec
alter role audit_append login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password :'audit_append_password';
alter role audit_seal login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password :'audit_seal_password';
alter role audit_read login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password :'audit_read_password';

select 'create database accessgov encoding ''UTF8'' template template0 locale ''C.UTF-8'''
where not exists (select from pg_database where datname = 'accessgov') \gexec
select 'create database accessgov_audit encoding ''UTF8'' template template0 locale ''C.UTF-8'''
where not exists (select from pg_database where datname = 'accessgov_audit') \gexec

-- By default PostgreSQL lets every role into every database.
revoke all on database accessgov, accessgov_audit from public;
grant connect on database accessgov to policy_decision, identity_federation, break_glass, recertification, audit_append;
grant connect on database accessgov_audit to audit_append, audit_seal, audit_read;
\if :private
  revoke connect on database postgres, template1 from public;
\endif

\connect accessgov
set client_min_messages = warning;
revoke all on schema public from public;

select 'create schema policy_decision authorization policy_decision'
where not exists (select from pg_namespace where nspname = 'policy_decision') \gexec
alter role policy_decision in database accessgov set search_path = policy_decision;
select 'create schema identity_federation authorization identity_federation'
where not exists (select from pg_namespace where nspname = 'identity_federation') \gexec
alter role identity_federation in database accessgov set search_path = identity_federation;

select 'create schema break_glass authorization break_glass'
where not exists (select from pg_namespace where nspname = 'break_glass') \gexec
alter role break_glass in database accessgov set search_path = break_glass;

select 'create schema recertification authorization recertification'
where not exists (select from pg_namespace where nspname = 'recertification') \gexec
alter role recertification in database accessgov set search_path = recertification;

-- The message bus belongs to nobody: each service may publish to subscribers and consume its own queue.
begin;
\ir ../shared/Messaging/Postgres/bus.sql
select bus.admit('policy_decision', 'policy-decision');
select bus.admit('identity_federation', 'identity-federation');
select bus.admit('break_glass', 'break-glass');
select bus.admit('recertification', 'recertification');
select bus.admit('audit_append', 'audit');
commit;

-- The trail is in a database of its own, with its own inbox, so that what a message says is taken in once. The service's roles own nothing there.
\connect accessgov_audit
set client_min_messages = warning;
revoke all on schema public from public;
begin;
\ir ../shared/Messaging/Postgres/bus.sql
select bus.admit('audit_append', 'audit');
\ir ../services/Audit/Trail/trail.sql
commit;
