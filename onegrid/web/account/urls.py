"""Addresses of accounts; those of allauth are named one by one, nothing else of it is served."""

from django.urls import path

from onegrid.web.account import mine, oidc, phone, staff

urlpatterns = [
    path("signin", phone.ask, name="signin"),
    path("signin/code", phone.enter, name="signin_code"),
    path("account/", mine.profile, name="account_profile"),
    path("account/home/", mine.home, name="account_home"),
    path("account/sessions/", mine.sessions, name="account_sessions"),
    path("account/sessions/end/", mine.end_session, name="account_end_session"),
    path("account/tokens/", mine.tokens, name="account_tokens"),
    path("account/tokens/revoke/", mine.revoke, name="account_revoke_token"),
    path("account/login/", staff.login, name="account_login"),
    path("account/logout/", staff.logout, name="account_logout"),
    path("account/inactive/", staff.inactive, name="account_inactive"),
    path("account/reauthenticate/", staff.reauthenticate, name="account_reauthenticate"),
    path("account/password/", staff.password_change, name="account_change_password"),
    path("account/2fa/", staff.index, name="mfa_index"),
    path("account/2fa/authenticate/", staff.authenticate, name="mfa_authenticate"),
    path("account/2fa/reauthenticate/", staff.mfa_reauthenticate, name="mfa_reauthenticate"),
    path("account/2fa/totp/", staff.activate_totp, name="mfa_activate_totp"),
    path("account/2fa/totp/remove/", staff.deactivate_totp, name="mfa_deactivate_totp"),
    path("account/2fa/codes/", staff.view_codes, name="mfa_view_recovery_codes"),
    path("account/2fa/codes/new/", staff.generate_codes, name="mfa_generate_recovery_codes"),
    path("account/2fa/codes/file/", staff.download_codes, name="mfa_download_recovery_codes"),
    path("account/2fa/keys/", staff.list_keys, name="mfa_list_webauthn"),
    path("account/2fa/keys/add/", staff.add_key, name="mfa_add_webauthn"),
    path("account/2fa/keys/login/", staff.login_key, name="mfa_login_webauthn"),
    path("account/2fa/keys/again/", staff.reauthenticate_key, name="mfa_reauthenticate_webauthn"),
    path("account/2fa/keys/<int:pk>/remove/", staff.remove_key, name="mfa_remove_webauthn"),
    path("account/oidc/<slug:provider_id>/", oidc.login, name="openid_connect_login"),
    path("account/oidc/<slug:provider_id>/back/", oidc.callback, name="openid_connect_callback"),
]
