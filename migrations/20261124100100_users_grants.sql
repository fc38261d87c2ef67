-- Nothing of the portal changes a password yet.
revoke update (password_hash) on users from portal_application;
