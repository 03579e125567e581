-- Takes revision 0001 back: the queue, then every table.

DROP TABLE procrastinate_events, procrastinate_periodic_defers, procrastinate_jobs, procrastinate_workers
    CASCADE;

DO $$
DECLARE
    found record;
BEGIN
    FOR found IN
        SELECT oid::regprocedure AS signature
        FROM pg_proc
        WHERE pronamespace = current_schema()::regnamespace AND proname LIKE 'procrastinate\_%'
    LOOP
        EXECUTE format('DROP FUNCTION %s', found.signature);
    END LOOP;
    FOR found IN
        SELECT oid::regtype AS name
        FROM pg_type
        WHERE typnamespace = current_schema()::regnamespace
            AND typname LIKE 'procrastinate\_%'
            AND typtype IN ('e', 'c')
    LOOP
        EXECUTE format('DROP TYPE %s', found.name);
    END LOOP;
END;
$$;


DROP TABLE maintenance_entries;
DROP TABLE streams;
DROP TABLE stockpile_metals;
DROP TABLE process_feeds;
DROP TABLE maintenance_plans;
DROP TABLE stockpiles;
DROP TABLE product_processes;
DROP TABLE product_metals;
DROP TABLE process_metals;
DROP TABLE penalties;
DROP TABLE ore_source_metals;
DROP TABLE equipment_classes;
DROP TABLE depletion;
DROP TABLE capital_items;
DROP TABLE working_capital_terms;
DROP TABLE valuation_terms;
DROP TABLE simulation_results;
DROP TABLE scenario_rates;
DROP TABLE products;
DROP TABLE processes;
DROP TABLE parameter_correlations;
DROP TABLE ore_sources;
DROP TABLE levies;
DROP TABLE income_tax_terms;
DROP TABLE entered_rows;
DROP TABLE depreciation_classes;
DROP TABLE cost_lines;
DROP TABLE consumption_lines;
DROP TABLE closures;
DROP TABLE simulation_runs;
DROP TABLE parameters;
DROP TABLE scenarios;
DROP TABLE project_members;
DROP TABLE user_roles;
DROP TABLE projects;
DROP TABLE exchange_rates;
DROP TABLE audit_events;
DROP TABLE users;
DROP TABLE seed_ledger;
DROP TABLE roles;
DROP TABLE measurement_units;
DROP TABLE currencies;
DROP TABLE cost_headings;
DROP FUNCTION refuse_change();
